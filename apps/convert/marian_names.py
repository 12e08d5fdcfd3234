"""Marian's names of the parameters of its Transformer (src/models/transformer.h), beside Rotor's."""

from .transformer_shapes import parameter_shapes

PROJECTIONS = {"q_proj": "q", "k_proj": "k", "v_proj": "v", "out_proj": "o"}
ATTENTIONS = {"self_attn": "self", "encoder_attn": "context"}
SSRU = {"gate.weight": "Wf", "gate.bias": "bf", "input.weight": "W"}
EMBEDDINGS = {
    "encoder.embed_tokens.weight": "encoder_Wemb",
    "decoder.embed_tokens.weight": "decoder_Wemb",
    "decoder.output_projection.weight": "decoder_ff_logit_out_W",
    "decoder.output_projection.bias": "decoder_ff_logit_out_b",
}
SHARED = "Wemb"


def marian_names(options, shared):
    """Their name of each parameter; `shared` says whether source and target have one matrix."""
    return {ours: _name(ours, options, shared) for ours in parameter_shapes(options)}


def _name(ours, options, shared):
    if ours in EMBEDDINGS:
        return SHARED if shared and ours.endswith("embed_tokens.weight") else EMBEDDINGS[ours]
    stack, *rest = ours.split(".")
    if rest[0] == "layernorm_embedding":
        return f"{stack}_emb_ln_{_norm(rest[1])}_pre"
    if rest[0] == "layer_norm":
        return f"{stack}_top_ln_{_norm(rest[1])}"
    _, number, part, *rest = rest
    prefix = f"{stack}_l{int(number) + 1}_"
    if part in ("fc1", "fc2"):
        return f"{prefix}ffn_{'W' if rest[0] == 'weight' else 'b'}{part[2]}"
    if part.endswith("layer_norm"):
        return _layer_norm(prefix, part, rest[0], options, stack)
    if rest[0] in ("gate", "input"):
        return f"{prefix}rnn_{SSRU['.'.join(rest)]}"
    return f"{prefix}{ATTENTIONS[part]}_{'W' if rest[1] == 'weight' else 'b'}{PROJECTIONS[rest[0]]}"


def _norm(kind):
    return "scale" if kind == "weight" else "bias"


def _layer_norm(prefix, part, kind, options, stack):
    before = options[f"{stack}_normalize_before"]
    sublayer = {"self_attn_layer_norm": "self_Wo", "encoder_attn_layer_norm": "context_Wo", "final_layer_norm": "ffn_ffn"}[part]
    if sublayer == "self_Wo" and stack == "decoder" and options["decoder_autoreg"] == "ssru":
        sublayer = "rnn" if before else "rnn_ffn"
    return f"{prefix}{sublayer}_ln_{_norm(kind)}{'_pre' if before else ''}"
