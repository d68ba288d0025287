"""The demonstration: invented people in two centres, playing the real job through real actions."""
