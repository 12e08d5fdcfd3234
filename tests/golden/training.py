"""The golden runs of models: loss, gradients, and ten updates by fairseq's criterion, schedule and Adam, in plain PyTorch and float64."""

import json
import math

import torch

from golden import PAD

SMOOTHING = 0.1
UPDATES = 10
ADAM = {"betas": (0.9, 0.98), "eps": 1e-8}
SCHEDULE = {"lr": 5e-3, "warmup_updates": 4, "warmup_init_lr": 1e-7}
CLIP_NORM = 1.0


def options(smoothing):
    """All options of the training, as one metadata string."""
    adam = {"adam_betas": ADAM["betas"], "adam_eps": ADAM["eps"]}
    return json.dumps({"label_smoothing": smoothing, "clip_norm": CLIP_NORM, **adam, **SCHEDULE})


def criterion(logits, target, smoothing):
    """Label-smoothed and plain cross-entropy, summed over the target tokens."""
    log_probabilities = logits.log_softmax(-1)[target.ne(PAD)]
    nll = -log_probabilities.gather(-1, target[target.ne(PAD)][:, None]).sum()
    share = smoothing / (logits.shape[-1] - 1)
    return (1 - smoothing - share) * nll - share * log_probabilities.sum(), nll


def learning_rate(update):
    """inverse_sqrt at `update`, counted from 0."""
    peak, warmup, start = SCHEDULE["lr"], SCHEDULE["warmup_updates"], SCHEDULE["warmup_init_lr"]
    return start + update * (peak - start) / warmup if update < warmup else peak * math.sqrt(warmup / update)


class Adam:
    """fairseq's: ε is added to √v before the bias correction."""

    def __init__(self, parameters):
        self.moments = {name: (torch.zeros_like(p), torch.zeros_like(p)) for name, p in parameters.items()}

    @torch.no_grad()
    def step(self, parameters, gradients, update, rate):
        (b1, b2), eps = ADAM["betas"], ADAM["eps"]
        for name, g in gradients.items():
            m, v = self.moments[name]
            m.mul_(b1).add_((1 - b1) * g)
            v.mul_(b2).add_((1 - b2) * g * g)
            parameters[name] -= rate * math.sqrt(1 - b2**update) / (1 - b1**update) * m / (v.sqrt() + eps)


def gradients_of(loss, parameters):
    return dict(zip(parameters, torch.autograd.grad(loss, list(parameters.values()))))


def train(forward, parameters, batches, smoothing):
    """Ten updates of `parameters`, in place; `forward` maps a batch to its logits. Returns what each update logged."""
    adam = Adam(parameters)
    log = {"losses": [], "nll_losses": [], "gradient_norms": [], "learning_rates": []}
    for update in range(1, UPDATES + 1):
        batch = batches[(update - 1) % len(batches)]
        tokens = batch["target"].ne(PAD).sum()
        loss, nll = criterion(forward(batch), batch["target"], smoothing)
        gradients = {name: g / tokens for name, g in gradients_of(loss, parameters).items()}
        norm = math.sqrt(sum(g.square().sum() for g in gradients.values()))
        rate = learning_rate(update - 1)
        adam.step(parameters, {name: g * min(1, CLIP_NORM / (norm + 1e-6)) for name, g in gradients.items()}, update, rate)
        for name, value in zip(log, (loss / tokens, nll / tokens, norm, rate)):
            log[name].append(float(value))
    return log


def run(forward, parameters, batches, smoothing):
    """The tensors of a golden run and their metadata: of the first batch what the model says, then a training on all of them."""
    batch = batches[0]
    logits = forward(batch)
    loss, nll = criterion(logits, batch["target"], smoothing)
    gradients = gradients_of(loss, parameters)
    tensors = {name: p.detach().clone() for name, p in parameters.items()}
    tensors |= {f"gradient.{name}": g for name, g in gradients.items()}
    tensors |= {f"input.{key}": value for key, value in batch.items()}
    tensors |= {f"training.batch.{i}.{key}": value for i, b in enumerate(batches) for key, value in b.items()}
    tensors |= {"output.logits": logits * batch["target"].ne(PAD)[..., None], "output.loss": loss.reshape(1)}
    log = train(forward, parameters, batches, smoothing)
    if smoothing:
        tensors["output.nll_loss"] = nll.reshape(1)
    else:
        del log["nll_losses"]  # the losses themselves
    tensors |= {f"training.{key}": torch.tensor(values).double() for key, values in log.items()}
    tensors |= {f"trained.{name}": p for name, p in parameters.items()}
    zero = sorted(name for name, g in gradients.items() if g.abs().max() < 1e-12)
    return tensors, {"training": options(smoothing), "zero_gradients": json.dumps(zero)}
