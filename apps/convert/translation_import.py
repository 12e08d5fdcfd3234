"""What the importers of encoder–decoders share: the parameters that a configuration tells of, and their checks."""

from .fault import listed, require
from .stored_tensor import equal
from .transformer_shapes import parameter_shapes

MOST_LAYERS = 1000


def layer_count(config, key):
    layers = config.size(key)
    config.fail_unless(layers <= MOST_LAYERS, key, f"at most {MOST_LAYERS}")
    return layers


def take_parameters(tensors, names, options, origin):
    """Rotor's parameters out of `tensors`, where `names` has their name there of each, or names of copies: the first that is
    there counts, and the others must be equal. All that is missing, left over or of another shape is refused."""
    missing = [theirs[0] for theirs in names.values() if not any(name in tensors for name in theirs)]
    require(not missing, f"{origin}: expected the tensors that its configuration tells of, got none called {listed(missing)}")
    rest = set(tensors).difference(*names.values())
    require(not rest, f"{origin}: expected no tensors but those of the model, got {listed(sorted(rest))}; Rotor has no such parts")
    parameters = {}
    for ours, shape in parameter_shapes(options).items():
        first, *copies = [name for name in names[ours] if name in tensors]
        right = tensors[first].shape == shape
        got = list(tensors[first].shape)
        require(right, f"{origin}: expected {first} as {list(shape)}, got {got}; the weights are of another model")
        for copy in copies:
            same = equal(tensors[first], tensors[copy])
            require(same, f"{origin}: expected {copy} to be the same as {first}, got other numbers; the model shares them")
        parameters[ours] = tensors[first]
    return parameters
