"""The names of BERT's and RoFormer's parameters in Hugging Face's files, beside Rotor's."""

from collections import namedtuple

# `prefix` begins the names of the encoder's tensors, which a bare encoder's file leaves out.
Family = namedtuple("Family", "prefix embeddings classifier")

EMBEDDINGS = {
    "encoder.embed_tokens.weight": "embeddings.word_embeddings.weight",
    "encoder.embed_token_types.weight": "embeddings.token_type_embeddings.weight",
    "encoder.layernorm_embedding.weight": "embeddings.LayerNorm.weight",
    "encoder.layernorm_embedding.bias": "embeddings.LayerNorm.bias",
}
LAYER = {
    "self_attn.q_proj": "attention.self.query",
    "self_attn.k_proj": "attention.self.key",
    "self_attn.v_proj": "attention.self.value",
    "self_attn.out_proj": "attention.output.dense",
    "self_attn_layer_norm": "attention.output.LayerNorm",
    "fc1": "intermediate.dense",
    "fc2": "output.dense",
    "final_layer_norm": "output.LayerNorm",
}
MASKED_LM = {
    "lm_head.dense.weight": "cls.predictions.transform.dense.weight",
    "lm_head.dense.bias": "cls.predictions.transform.dense.bias",
    "lm_head.layer_norm.weight": "cls.predictions.transform.LayerNorm.weight",
    "lm_head.layer_norm.bias": "cls.predictions.transform.LayerNorm.bias",
    "lm_head.bias": "cls.predictions.bias",
}
FAMILIES = {
    "bert": Family(
        "bert.",
        {**EMBEDDINGS, "encoder.position.weight": "embeddings.position_embeddings.weight"},
        {"head.out_proj.weight": "classifier.weight", "head.out_proj.bias": "classifier.bias"},
    ),
    "roformer": Family(
        "roformer.",
        EMBEDDINGS,
        {
            "head.dense.weight": "classifier.dense.weight",
            "head.dense.bias": "classifier.dense.bias",
            "head.out_proj.weight": "classifier.out_proj.weight",
            "head.out_proj.bias": "classifier.out_proj.bias",
        },
    ),
}
# BERT's pooler, which belongs to its encoder there: a classifier's head begins with it.
POOLER = {"head.dense.weight": "pooler.dense.weight", "head.dense.bias": "pooler.dense.bias"}

# What files hold besides: numbers that follow from others, and the head of BERT's second task of pre-training.
COPIES = {
    "cls.predictions.decoder.weight": "encoder.embed_tokens.weight",
    "cls.predictions.decoder.bias": "lm_head.bias",
}
SINUSOIDS = "encoder.embed_positions.weight"  # of RoFormer
IGNORED = ("embeddings.position_ids", SINUSOIDS, "cls.seq_relationship.weight", "cls.seq_relationship.bias")


def encoder_names(family, layers):
    """Rotor's name of each tensor of an encoder, and theirs without the prefix."""
    names = dict(FAMILIES[family].embeddings)
    for i in range(layers):
        for ours, theirs in LAYER.items():
            for kind in ("weight", "bias"):
                names[f"encoder.layers.{i}.{ours}.{kind}"] = f"encoder.layer.{i}.{theirs}.{kind}"
    return names
