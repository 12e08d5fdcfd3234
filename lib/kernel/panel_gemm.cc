#include "kernel/panel_gemm.h"

#include <algorithm>
#include <utility>

#include "kernel/gemm_packing.h"
#include "tensor/tensor.h"

namespace rotor {
namespace {

constexpr int64_t kLine = 16;        // floats of a line of the cache
constexpr int64_t kDepth = 512;      // terms that a tile sums up at once: their panel stays in the second-level cache
constexpr int64_t kRound = 1 << 18;  // floats of both factors that are packed at once, so that they stay in the cache
constexpr int64_t kMostAhead = 1 << 24;  // floats of both factors, of which a second copy may be packed
constexpr int64_t kTasks = 128;          // blocks of the result, or about a multiple of it: enough for 64 threads
constexpr int64_t kMostRows = 16 * kTileRows, kMostColumns = 128;  // of a task
constexpr int64_t kMostPackedRows = 16 * kMostRows;                // of A transposed
constexpr int64_t kManyPanels = 8;  // of a task, for which copying its rows of A pays; with AVX-512 no task has so many

int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

/// The first `count` < kLanes numbers of to = sums + beta to.
__attribute__((noinline)) void write_part(Vector sums, float beta, float* to, int64_t count) {
  for (int lane = 0; lane < kLanes; ++lane) {
    if (lane < count) to[lane] = beta == 0 ? sums[lane] : sums[lane] + beta * to[lane];
  }
}

/// R rows × the first V vectors of a panel: c = sums + beta c for `width` columns.
template <int R, int V>
void multiply_tile(const Rows& a, const float* panel, int64_t depth, float beta, float* c, int64_t ldc, int64_t width) {
  Vector sum[R][V];
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < V; ++j) sum[i][j] = Vector{};
  }
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
    for (int64_t j = 0; j < V * kLanes; j += kLine) __builtin_prefetch(c + i * ldc + j, /*to write=*/1);
  }
  // What is read later is fetched a few lines at a time: lines that are all asked for at once keep the panel waiting,
  // which took a seventh of the time with AVX-512.
  for (int64_t from = 0; from < depth; from += kLine) {
    if (a.step == 1) {
#pragma GCC unroll 8
      for (int i = 0; i < R; ++i) __builtin_prefetch(a.data + (R + i) * a.row + from);  // the next tile's rows
    }
    for (int64_t k = from; k < std::min(depth, from + kLine); ++k) {
      if (a.step > kTileRows) __builtin_prefetch(a.data + (k + kLine) * a.step + R);
      Vector right[V];
      for (int j = 0; j < V; ++j) right[j] = load(panel + k * kPanel + j * kLanes);
      for (int i = 0; i < R; ++i) {
        const float left = a.data[i * a.row + k * a.step];
        for (int j = 0; j < V; ++j) sum[i][j] += left * right[j];
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < V; ++j) {
      float* to = c + i * ldc + j * kLanes;
      if (width >= (j + 1) * kLanes) {
        *reinterpret_cast<Vector*>(to) = beta == 0 ? sum[i][j] : sum[i][j] + beta * load(to);
      } else {
        write_part(sum[i][j], beta, to, width - j * kLanes);
      }
    }
  }
}

/// Calls f.operator()<V>() for the number of vectors that hold `width` <= kPanel numbers.
template <typename F>
void dispatch_width(int64_t width, F f) {
  const int64_t vectors = divide_up(width, kLanes);
  if constexpr (kPanelVectors == 4) {
    if (vectors == 4) return f.template operator()<4>();
    if (vectors == 3) return f.template operator()<3>();
  }
  return vectors == 2 ? f.template operator()<2>() : f.template operator()<1>();
}

/// How the result is cut into tasks, whatever the number of threads: about kTasks or, where these would be too large, a
/// multiple of it, since few tasks more would keep most threads waiting for those that have one of them.
struct Cut {
  Cut(int64_t m, int64_t n) {
    const int64_t panels = count_panels(n), tiles = divide_up(m, kTileRows);
    task_columns = std::min(divide_up(panels * tiles, kTasks) * kPanel, kMostColumns);
    columns = divide_up(n, task_columns);
    const int64_t least = divide_up(tiles * columns * kTileRows, kMostRows), tasks = divide_up(least, kTasks) * kTasks;
    task_rows = std::min(divide_up(tiles * columns, tasks) * kTileRows, kMostRows);
    rows = divide_up(m, task_rows);
  }

  int64_t rows, columns;  ///< number of tasks in each direction
  int64_t task_rows, task_columns;
};

/// C [m, n] = A [m, k] · B [k, n] + beta C, then the epilogue.
struct Product {
  Factor a, b;
  int64_t m, n, k;
  float beta;
  float* c;
  int64_t ldc;
  Finish finish;

  /// Each task also packs its share of the next terms: what waits for memory goes on beside what computes, and threads
  /// meet once a round. Factors too large for two copies are packed between rounds.
  void compute() const {
    const Cut cut(m, n);
    const bool pays = m * n * k > kParallelProduct;
    const int64_t tasks = cut.rows * cut.columns;
    const int64_t round = std::min(std::max(kRound / (m + n) / kDepth, int64_t{1}) * kDepth, k);
    const bool ahead = k > round && (m + n) * round <= kMostAhead;
    PackedFactors packed(m, n, a, b, round), next = packed;
    int64_t begin = 0;
    do {
      const int64_t depth = std::min(round, k - begin), end = begin + depth;
      if (begin == 0 || !ahead) {
        packed.choose(begin, depth);
        packed.pack_all(pays);
      }
      const bool packs = ahead && end < k;
      if (packs) next.choose(end, std::min(round, k - end));
      const int64_t steps = packs ? next.steps() : 0;
      parallel_for(pays, tasks, [&](int64_t task) {
        const int64_t i = task % cut.rows * cut.task_rows, j = task / cut.rows * cut.task_columns;
        const int64_t rows = std::min(cut.task_rows, m - i), columns = std::min(cut.task_columns, n - j);
        add_terms(packed, i, rows, j, columns, depth, begin == 0);
        if (end == k) finish.rows(c + i * ldc + j, ldc, rows, columns, j);
        for (int64_t step = steps * task / tasks; step < steps * (task + 1) / tasks; ++step) next.pack(step);
      });
      if (ahead) std::swap(packed, next);
      begin = end;
    } while (begin < k);
  }

 private:
  /// Adds the packed terms to the block of C from row `first_row` and column `first_column` on.
  void add_terms(const PackedFactors& packed, int64_t first_row, int64_t rows, int64_t first_column, int64_t columns,
                 int64_t depth, bool are_first) const {
    const bool copies = packed.crowds_rows() && columns >= kManyPanels * kPanel;
    for (int64_t q = 0; q == 0 || q < depth; q += kDepth) {
      const int64_t terms = std::min(kDepth, depth - q);
      const float keep = are_first && q == 0 ? beta : 1;
      const Rows near = copies ? copied(packed.rows(first_row, q), rows, terms) : Rows{};
      for (int64_t j = first_column; j < first_column + columns; j += kPanel) {
        const int64_t width = std::min(kPanel, first_column + columns - j);
        const float* panel = packed.panel(j, q);
        for (int64_t i = first_row; i < first_row + rows; i += kTileRows) {
          const Rows left = copies ? Rows{near.data + (i - first_row) * near.row, near.row, 1} : packed.rows(i, q);
          float* to = c + i * ldc + j;
          dispatch_rows(std::min(kTileRows, first_row + rows - i), [&]<int R>() {
            dispatch_width(width, [&]<int V>() { multiply_tile<R, V>(left, panel, terms, keep, to, ldc, width); });
          });
        }
      }
    }
  }

  /// Returns copies of a task's rows that do not crowd: a tile's and those that it fetches for the next one find no
  /// room in the cache together where they lie pages apart. They are the thread's until its next call.
  static Rows copied(const Rows& from, int64_t rows, int64_t terms) {
    constexpr int64_t kRow = kDepth + kLine;
    thread_local Tensor kept;
    if (!kept.defined()) kept = Tensor({kMostRows, kRow});
    for (int64_t i = 0; i < rows; ++i) std::copy_n(from.data + i * from.row, terms, kept.data() + i * kRow);
    return {kept.data(), kRow, 1};
  }
};

}  // namespace

void panel_gemm(int64_t m, int64_t n, int64_t k, const Factor& a, const Factor& b, float beta, float* c, int64_t ldc,
                const Finish& finish) {
  const int64_t part = packs_left(a, n) ? kMostPackedRows : m;
  for (int64_t i = 0; i < m; i += part) {
    const Factor left = {a.at(i, 0), a.leading, a.transposed};
    Product{left, b, std::min(part, m - i), n, k, beta, c + i * ldc, ldc, finish}.compute();
  }
}

}  // namespace rotor
