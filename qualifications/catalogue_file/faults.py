"""Why a file is not read: all that is wrong with it at once."""

from qualifications.marked_yaml import Fault


class CatalogueFaultsError(Exception):
    """Why files were not loaded: every fault that was found, in the order of the lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))
