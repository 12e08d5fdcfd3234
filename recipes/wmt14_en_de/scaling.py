#!/usr/bin/env python3
"""Projects the time of an update of synchronous data-parallel training, on paper.

  scaling.py [--nodes 1 2 16 64 256] [--tokens-per-second 500] [--link-gbit 25] …      a table for each way to scale
  scaling.py --measured ONE/train.jsonl TWO/train.jsonl [--link-gbit 80]               the model against two runs

An update of N processes, each with a share of k target tokens, takes

  compute     k / tokens_per_second                       forward and backward of one process
  optimiser   44 P / memory                               zeroing, norm and Adam: bytes moved for P parameters
  wait        compute · spread · √(2 ln N)                for the slowest; spread: deviation / mean of a batch's time
  all-reduce  2 (N − 1) / N · 4 P / link                  bytes through each link, in a ring
              + (N − 1) / N · 12 P / memory               adding up what came
              + 2 (N − 1) · latency · buckets             of 16 MiB

one after the other. rotor-train begins to add up gradients while the backward pass, two thirds of compute, is still at work:
"overlapped" is the update when that hides all of it but the shared embedding, whose gradient is complete last. (With
--checkpoint-activations nothing overlaps.)
"""
import argparse
import json
import math
import statistics

BUCKET = 16 << 20


def all_reduce(o, nodes, parameters):
    if nodes == 1 or parameters == 0:
        return 0
    share = (nodes - 1) / nodes
    buckets = math.ceil(4 * parameters / BUCKET)
    return (2 * share * 4 * parameters / (o.link_gbit * 1e9 / 8) + share * 12 * parameters / (o.memory_gb * 1e9) +
            2 * (nodes - 1) * o.latency_us * 1e-6 * buckets)


def update(o, nodes, tokens):
    """Seconds of an update's parts; `tokens` are one process's share."""
    compute = tokens / o.tokens_per_second
    wait = compute * o.spread * math.sqrt(2 * math.log(nodes))
    optimiser = 44 * o.parameters / (o.memory_gb * 1e9)
    reduce = all_reduce(o, nodes, o.parameters)
    hidden = min(all_reduce(o, nodes, o.parameters - o.embedding), compute * 2 / 3)
    total = compute + optimiser + wait + reduce
    return {"compute": compute, "optimiser": optimiser, "wait": wait, "all-reduce": reduce, "update": total,
            "overlapped": total - hidden}


def project(o):
    print(f"{o.parameters / 1e6:.1f} M parameters, {o.tokens_per_second:.0f} target tokens/s a node, {o.link_gbit:g} "
          f"Gbit/s, {o.latency_us:g} us, memory {o.memory_gb:g} GB/s, spread {o.spread:g}; seconds")
    ways = {f"{o.tokens_per_update:,} target tokens an update, shared by all": lambda n: o.tokens_per_update / n,
            f"{o.tokens_per_update // 8:,} target tokens an update and node": lambda n: o.tokens_per_update / 8}
    for title, share in ways.items():
        print(f"\n**{title}**\n")
        print("| nodes | compute | optimiser | wait | all-reduce | update | tokens/s | of linear | overlapped |")
        print("|" + " ---: |" * 9)
        one = share(1) / update(o, 1, share(1))["update"]
        for nodes in o.nodes:
            parts = update(o, nodes, share(nodes))
            speed, overlapped = (nodes * share(nodes) / parts[key] for key in ("update", "overlapped"))
            print(f"| {nodes} | " + " | ".join(f"{parts[key]:.2f}" for key in list(parts)[:5]) +
                  f" | {speed:,.0f} | {speed / one / nodes:.0%} | {overlapped / one / nodes:.0%} |")


def settled(path):
    """Seconds of an update and target tokens of an update, medians over the reports after the first fifth."""
    reports = [json.loads(line) for line in open(path)]
    reports = [report for report in reports if "seconds" in report]
    rows, before = [], 0
    for report in reports:
        updates = report["update"] - before
        before = report["update"]
        rows.append((report["seconds"] / updates, report["seconds"] * report["tokens_per_second"] / updates))
    rows = rows[-(-len(rows) // 5):]
    if len(rows) < 3:
        raise SystemExit(f"{path}: expected at least 5 reports, got {len(reports)}; lower --log-interval")
    return [statistics.median(column) for column in zip(*rows)]


def compare(o):
    (one, tokens), (two, both) = (settled(path) for path in o.measured)
    optimiser = 44 * o.parameters / (o.memory_gb * 1e9)
    o.tokens_per_second = tokens / (one - optimiser)
    expected = update(o, 2, both / 2)
    print(f"1 process: {one:.3f} s for {tokens:.0f} tokens. 2 processes, {both:.0f} tokens: measured {two:.3f} s, "
          f"predicted {expected['update']:.3f} s ({expected['update'] / two - 1:+.0%}), of which "
          f"{expected['all-reduce']:.3f} s all-reduce and {expected['wait']:.3f} s wait")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--nodes", type=int, nargs="+", default=[1, 2, 16, 64, 256])
    add("--parameters", type=int, default=63_082_496, help="transformer_base with 37,000 shared entries")
    add("--embedding", type=int, default=37_000 * 512, help="parameters whose gradient is complete last")
    add("--tokens-per-second", type=float, default=500, help="of one process, target tokens")
    add("--tokens-per-update", type=int, default=25_000, help="target tokens of an update of 8 nodes")
    add("--link-gbit", type=float, default=25, help="what a link carries, one way")
    add("--latency-us", type=float, default=20, help="of one message")
    add("--memory-gb", type=float, default=20, help="bytes a node moves a second, in 10^9")
    add("--spread", type=float, default=0.05, help="standard deviation / mean of a process's compute time")
    add("--measured", nargs=2, metavar=("ONE", "TWO"), help="train.jsonl of one and of two processes")
    o = parser.parse_args()
    compare(o) if o.measured else project(o)


if __name__ == "__main__":
    main()
