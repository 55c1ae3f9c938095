# From the golden deploy graph the one that training leaves: targets, losses and an unused classifier in place of the detection.
def variable($name): {"op": "null", "name": $name, "inputs": []};
.nodes |= (.[:489] + [variable("label")] + .[490:535] + [
    {"op": "_contrib_MultiBoxTarget", "name": "multibox_target", "attrs": {"overlap_threshold": "0.5", "variances": "(0.1, 0.1, 0.2, 0.2)"},
     "inputs": [[534, 0, 0], [489, 0, 0], [488, 0, 0]]},
    {"op": "SoftmaxOutput", "name": "cls_prob", "attrs": {"ignore_label": "-1", "multi_output": "True", "normalization": "valid", "use_ignore": "True"},
     "inputs": [[488, 0, 0], [535, 2, 0]]},
    {"op": "elemwise_sub", "name": "_minus0", "inputs": [[520, 0, 0], [535, 0, 0]]},
    {"op": "elemwise_mul", "name": "_mul0", "inputs": [[535, 1, 0], [537, 0, 0]]},
    {"op": "smooth_l1", "name": "loc_loss_", "attrs": {"scalar": "1.0"}, "inputs": [[538, 0, 0]]},
    {"op": "MakeLoss", "name": "loc_loss", "attrs": {"grad_scale": "1.0", "normalization": "valid"}, "inputs": [[539, 0, 0]]},
    {"op": "MakeLoss", "name": "cls_label", "attrs": {"grad_scale": "0"}, "inputs": [[535, 2, 0]]},
    variable("fc1_weight"), variable("fc1_bias"),
    {"op": "FullyConnected", "name": "fc1", "attrs": {"num_hidden": "1000"}, "inputs": [[488, 0, 0], [542, 0, 0], [543, 0, 0]]}])
| .arg_nodes = [.nodes | to_entries[] | select(.value.op == "null").key]
| .heads = [[536, 0, 0], [540, 0, 0], [541, 0, 0]]
| del(.node_row_ptr)
