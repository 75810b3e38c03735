"""The calls to the kernel that a submission may not make: a filter for bubblewrap, in the kernel's own small language.

Namespaces hide files, processes and the network. What is forbidden here is what they leave open: sockets that belong
to no network namespace (vsock), keys of whoever grades, memory that no limit counts, and namespaces of one's own.
"""

import errno
import platform
import struct

# Call -> its number on x86-64 and on 64-bit ARM (from the kernel's unistd.h).
_FORBIDDEN = {
    "socket": (41, 198),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "fsopen": (430, 430), "open_tree": (428, 428),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
}  # fmt: skip
_MACHINES = {"x86_64": (0xC000003E, 56), "aarch64": (0xC00000B7, 220)}  # audit's name for it, and the number of `clone`
_CLONE3, _NEW_USER = 435, 0x10000000  # `clone` with this flag would make a user namespace

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # operations of classic BPF
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_CALL, _MACHINE, _ARGUMENT = 0, 4, 16  # where `struct seccomp_data` holds them; the first argument's lower half


def call_filter(machine: str | None = None) -> bytes:
    """Write the filter for this machine.

    Args:
        machine: its name as `uname -m` gives it; this one's unless another is given.

    Raises:
        OSError: the numbers of such a machine's calls are not known here.

    Source: the kernel's Documentation/userspace-api/seccomp_filter.rst.
    """
    machine = machine or platform.machine()
    if machine not in _MACHINES:
        raise OSError(f"which calls to forbid is known for {' and '.join(_MACHINES)}, and this machine is {machine}")
    column = list(_MACHINES).index(machine)
    name, clone = _MACHINES[machine]
    refuse = _REFUSE | errno.EPERM

    def on(operation: int, value: int, then: int) -> list[tuple[int, int, int, int]]:
        """Return `then` where the comparison holds, else go on."""
        return [(operation, 0, 1, value), (_RETURN, 0, 0, then)]

    program = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, name), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _CALL)]
    program += on(_AT_LEAST, 0x40000000, refuse)  # calls of the x32 kind have numbers of their own
    program += on(_EQUAL, _CLONE3, _REFUSE | errno.ENOSYS)  # its flags cannot be looked at; C libraries then use clone
    for numbers in _FORBIDDEN.values():
        program += on(_EQUAL, numbers[column], refuse)
    program += [(_EQUAL, 0, 3, clone), (_LOAD, 0, 0, _ARGUMENT), *on(_ANY_BIT, _NEW_USER, refuse)]
    program += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in program)
