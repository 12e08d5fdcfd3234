"""Holds transformer.py against fairseq and transformers, in float64; prints the largest differences found.

fairseq's TransformerModel, criterion, Adam and schedule for every variant without rotation;
transformers' RoFormer (interleaved) and Llama (half) for the rotation. Nothing is written.
"""

from argparse import Namespace
from types import SimpleNamespace

import torch
import transformers
from fairseq.criterions.label_smoothed_cross_entropy import label_smoothed_nll_loss
from fairseq.data import Dictionary
from fairseq.models.transformer import TransformerModel, base_architecture
from fairseq.optim.adam import FairseqAdam
from fairseq.optim.lr_scheduler.inverse_square_root_schedule import InverseSquareRootSchedule
from transformers.models.llama import modeling_llama
from transformers.models.roformer.modeling_roformer import RoFormerSelfAttention, RoFormerSinusoidalPositionalEmbedding

import training
import transformer as golden
from golden import PAD
from layers import rotate


def fairseq_model(config, parameters):
    """fairseq's model of a configuration with the same parameters; learned positions begin at its third row."""
    dictionaries = [Dictionary(), Dictionary()]
    for dictionary, side in zip(dictionaries, ("source", "target")):
        for i in range(config[f"{side}_vocabulary"] - len(dictionary)):
            dictionary.add_symbol(f"token{i}")
    if config["share_all_embeddings"]:
        dictionaries[1] = dictionaries[0]
    learned = config["encoder_position_encoding"] == "learned"
    args = Namespace(
        **{key: config[key] for key in config if key not in ("max_positions", "attention")},
        max_source_positions=config["max_positions"], max_target_positions=config["max_positions"],
        encoder_learned_pos=learned, decoder_learned_pos=learned,
        no_token_positional_embeddings=config["encoder_position_encoding"] == "none",
    )  # fmt: skip
    base_architecture(args)
    model = TransformerModel.build_model(args, SimpleNamespace(source_dictionary=dictionaries[0], target_dictionary=dictionaries[1]))
    state = {name: p.detach().clone() for name, p in parameters.items()}
    for stack in ("encoder", "decoder"):
        state[f"{stack}.version"] = torch.tensor([3.0])  # an older one drops the final norm
        if learned:
            rows = state.pop(f"{stack}.position.weight")
            state[f"{stack}.embed_positions.weight"] = torch.cat([torch.zeros(2, rows.shape[1]), rows])
    state.setdefault("decoder.embed_tokens.weight", state["encoder.embed_tokens.weight"])
    state.setdefault("decoder.output_projection.weight", state["decoder.embed_tokens.weight"])
    model.load_state_dict(state)
    return model.double().train()


def difference(a, b):
    return float((a - b).abs().max() / b.abs().max().clamp(min=1e-8))


def check_fairseq(options):
    config, parameters, batches = golden.draw(options)
    model = fairseq_model(config, parameters)
    named = {name.replace("embed_positions", "position"): p for name, p in model.named_parameters()}
    assert named.keys() == parameters.keys(), named.keys() ^ parameters.keys()

    def loss_of(batch):
        output = model(batch["source"], batch["source_lengths"], batch["decoder_input"])
        log_probabilities = model.get_normalized_probs(output, log_probs=True).flatten(0, 1)
        return output[0], *label_smoothed_nll_loss(log_probabilities, batch["target"].flatten(), training.SMOOTHING, PAD)

    batch, real = batches[0], batches[0]["target"].ne(PAD)
    logits, encoded = golden.Transformer(config, parameters)(batch["source"], batch["decoder_input"])
    loss, nll = training.criterion(logits, batch["target"], training.SMOOTHING)
    gradients = training.gradients_of(loss, parameters)
    their_logits, their_loss, their_nll = loss_of(batch)
    their_loss.backward()
    found = {"logits": difference(logits[real], their_logits[real])}
    found |= {"loss": difference(loss, their_loss), "nll": difference(nll, their_nll)}
    nonzero = [name for name, g in gradients.items() if g.abs().max() > 1e-12]
    found["gradients"] = max(difference(gradients[name], named[name].grad[-len(parameters[name]) :]) for name in nonzero)

    ours = golden.Transformer(config, parameters)
    log = training.train(lambda batch: ours(batch["source"], batch["decoder_input"])[0], parameters, batches, training.SMOOTHING)
    cfg = Namespace(**{**training.SCHEDULE, "lr": [training.SCHEDULE["lr"]]}, adam_betas=str(training.ADAM["betas"]),
                    adam_eps=training.ADAM["eps"], weight_decay=0.0, use_old_adam=False, fp16_adam_stats=False, tpu=False)  # fmt: skip
    optimizer = FairseqAdam(cfg, list(model.parameters()))
    schedule = InverseSquareRootSchedule(cfg, optimizer)
    losses = []
    for update in range(training.UPDATES):
        batch = batches[update % len(batches)]
        tokens = batch["target"].ne(PAD).sum()
        schedule.step_update(update)
        optimizer.zero_grad()
        loss = loss_of(batch)[1] / tokens
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), training.CLIP_NORM)  # fairseq's own refuses float64
        optimizer.step()
        losses.append(float(loss))
    found["ten losses"] = difference(torch.tensor(losses), torch.tensor(log["losses"]))
    found["trained"] = max(difference(parameters[name], named[name][-len(parameters[name]) :]) for name in nonzero)
    return found


def check_rotation(base=10000.0, heads=2, length=33, width=6):
    x = torch.randn(3, heads, length, width, dtype=torch.float64, generator=torch.Generator().manual_seed(golden.SEED))
    # The frequencies of both are made in float32.
    roformer = RoFormerSinusoidalPositionalEmbedding(length, width)
    roformer._init_weight()
    theirs = RoFormerSelfAttention.apply_rotary_position_embeddings(roformer([3, length])[None, None], x, x)[0]
    found = {"interleaved": difference(rotate(x, "interleaved", base), theirs)}
    config = transformers.LlamaConfig(hidden_size=heads * width, num_attention_heads=heads, rope_theta=base)
    cos, sin = modeling_llama.LlamaRotaryEmbedding(config)(x, torch.arange(length)[None])
    found["half"] = difference(rotate(x, "half", base), modeling_llama.apply_rotary_pos_emb(x, x, cos, sin)[0])
    return found


if __name__ == "__main__":
    without_rotation = {
        "sinusoidal_concatenated": golden.VARIANTS["sinusoidal_concatenated"],
        "learned": golden.VARIANTS["learned"],
        "none": golden.VARIANTS["none"],
        "rope without the rotation": {**golden.VARIANTS["rope"], "position_encoding": "none"},
        "mixed without positions": {**golden.VARIANTS["mixed"], "position_encoding": "none", "encoder_position_encoding": "none"},
    }
    for name, options in without_rotation.items():
        print(name, {key: f"{value:.1e}" for key, value in check_fairseq(options).items()})
    print("rotation", {key: f"{value:.1e}" for key, value in check_rotation().items()})
