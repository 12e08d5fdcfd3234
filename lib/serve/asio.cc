// Boost.Asio's own code: the other sources include its headers without it (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
