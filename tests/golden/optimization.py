"""Learning rates of fairseq's schedules and parameters under its Adam with weight decay: optimization.json."""

import json
import platform
from argparse import Namespace
from pathlib import Path

import fairseq
import torch
from fairseq.optim.adam import Adam
from fairseq.optim.lr_scheduler.cosine_lr_scheduler import CosineLRSchedule
from fairseq.optim.lr_scheduler.fixed_schedule import FixedLRSchedule
from fairseq.optim.lr_scheduler.inverse_square_root_schedule import InverseSquareRootSchedule
from fairseq.optim.lr_scheduler.polynomial_decay_schedule import PolynomialDecayLRSchedule

SEED = 1
UPDATES_AN_EPOCH = 10
KINDS = {
    "inverse_sqrt": InverseSquareRootSchedule,
    "cosine": CosineLRSchedule,
    "fixed": FixedLRSchedule,
    "polynomial_decay": PolynomialDecayLRSchedule,
}
DEFAULTS = {
    "warmup_updates": 0, "warmup_init_lr": 1e-7, "min_lr": 0.0, "lr_period_updates": -1, "t_mult": 1.0, "lr_shrink": 0.1,
    "force_anneal": None, "end_learning_rate": 0.0, "power": 1.0, "max_update": 60,
}  # fmt: skip
CASES = [
    ("inverse_sqrt", {"lr": 1e-3, "warmup_updates": 8}),
    ("inverse_sqrt", {"lr": 5e-4, "warmup_updates": 20, "warmup_init_lr": 1e-5}),
    ("cosine", {"lr": 1e-3}),
    ("cosine", {"lr": 1e-3, "warmup_updates": 8, "min_lr": 1e-5}),
    ("cosine", {"lr": 2e-3, "warmup_updates": 4, "lr_period_updates": 16, "lr_shrink": 0.5}),
    ("cosine", {"lr": 2e-3, "lr_period_updates": 7, "t_mult": 2.0, "min_lr": 1e-4, "lr_shrink": 0.8}),
    ("fixed", {"lr": 3e-4}),
    ("fixed", {"lr": 3e-4, "warmup_updates": 15}),
    ("fixed", {"lr": 3e-4, "force_anneal": 3, "lr_shrink": 0.5}),
    ("fixed", {"lr": 3e-4, "warmup_updates": 25, "force_anneal": 2, "lr_shrink": 0.7}),
    ("polynomial_decay", {"lr": 1e-3}),
    ("polynomial_decay", {"lr": 1e-3, "warmup_updates": 10, "power": 2.0, "end_learning_rate": 1e-5}),
    ("polynomial_decay", {"lr": 1e-3, "warmup_updates": 5, "total_num_update": 30}),
]


class Optimizer:
    """What a schedule asks of fairseq's optimizers."""

    def set_lr(self, lr):
        self.lr = lr

    def get_lr(self):
        return self.lr


def rates(kind, options):
    """The rate of each update from 0, as fairseq's trainer asks for it: at an epoch's begin and after each update."""
    config = Namespace(**{**DEFAULTS, "total_num_update": DEFAULTS["max_update"], **options})
    config.lr = [config.lr]
    # fairseq checks the class of its optimizer only
    optimizer = type("FakeOptimizer", (Optimizer, fairseq.optim.FairseqOptimizer), {"__init__": lambda self: None})()
    schedule = KINDS[kind](config, optimizer)
    schedule.step_update(0)
    found = []
    for update in range(DEFAULTS["max_update"] + 10):
        if update % UPDATES_AN_EPOCH == 0:
            schedule.step_begin_epoch(update // UPDATES_AN_EPOCH + 1)
            schedule.step_update(update)
        found.append(optimizer.get_lr())
        schedule.step_update(update + 1)
    return found


def adam():
    """Five updates of twenty parameters, in float32 as fairseq makes them."""
    generator = torch.Generator().manual_seed(SEED)
    parameter = torch.nn.Parameter(torch.randn(20, generator=generator))
    start = parameter.detach().clone()
    optimizer = Adam([parameter], lr=1, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.3)
    result = {"betas": "0.9,0.98", "eps": 1e-8, "weight_decay": 0.3, "start": start.tolist(), "updates": []}
    for rate in [0.1, 0.2, 0.05, 0.05, 0.01]:
        parameter.grad = torch.randn(20, generator=generator)
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        result["updates"].append({"rate": rate, "gradient": parameter.grad.tolist(), "parameter": parameter.tolist()})
    return result


def main():
    given = {"force_anneal": -1, "total_num_update": -1}
    cases = [
        {"kind": kind, "options": {**DEFAULTS, **given, **options}, "rates": rates(kind, options)} for kind, options in CASES
    ]
    for case in cases:
        if case["options"]["force_anneal"] is None:
            case["options"]["force_anneal"] = -1
    golden = {
        "script": Path(__file__).name, "seed": SEED,
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "fairseq": fairseq.__version__},
        "updates_an_epoch": UPDATES_AN_EPOCH, "schedules": cases, "adam": adam(),
    }  # fmt: skip
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
    print(f"{path.name}: {len(cases)} schedules, {path.stat().st_size} bytes")


main()
