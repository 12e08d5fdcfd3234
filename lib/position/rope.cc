#include "position/rope.h"

#include "position/rotation.h"

namespace rotor {
namespace {

class Rope : public PositionEncoding {
 public:
  explicit Rope(const Rotation& turn) : turn_(turn) {}

  Touches touches() const override { return {.heads = true}; }

  Variable on_queries(const Variable& q, Range at) const override { return turn_(q, at); }
  Variable on_keys(const Variable& k, Range at) const override { return turn_(k, at); }

 private:
  Rotation turn_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_rope(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<Rope>(Rotation(options, sizes, "rope"));
}

}  // namespace rotor
