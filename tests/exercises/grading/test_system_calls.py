"""The filter of calls: what the kernel's small language makes of it, step by step."""

import errno
import struct

import pytest

from encoder_lab.exercises.grading.system_calls import call_filter

ALLOWED, KILLED = "allowed", "killed"
X86, ARM = 0xC000003E, 0xC00000B7


def outcome(program: bytes, machine: int, call: int, argument: int = 0) -> object:
    """Run the filter on one call, as the kernel does."""
    data = struct.pack("=iIQQ", call, machine, 0, argument)
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at, loaded = 0, 0
    while True:
        operation, then, otherwise, value = steps[at]
        at += 1
        if operation == 0x20:
            loaded = struct.unpack_from("=I", data, value)[0]
        elif operation == 0x06:
            return {0x7FFF: ALLOWED, 0x8000: KILLED, 0x0005: value & 0xFFFF}[value >> 16]
        else:
            holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[operation]
            at += then if holds else otherwise


CALLS = {
    "x86_64": {"socket": 41, "keyctl": 250, "unshare": 272, "io_uring": 425, "read": 0, "openat": 257, "clone": 56},
    "aarch64": {"socket": 198, "keyctl": 219, "unshare": 97, "io_uring": 425, "read": 63, "openat": 56, "clone": 220},
}


@pytest.mark.parametrize(("machine", "number"), [("x86_64", X86), ("aarch64", ARM)])
def test_the_filter(machine, number):
    calls = CALLS[machine]
    program = call_filter(machine)
    assert len(program) % 8 == 0 and len(program) // 8 < 4096
    for name in ("socket", "keyctl", "unshare", "io_uring"):
        assert outcome(program, number, calls[name]) == errno.EPERM
    for name in ("read", "openat"):
        assert outcome(program, number, calls[name]) == ALLOWED
    assert outcome(program, number, calls["clone"], 0x00010F00) == ALLOWED  # a thread
    assert outcome(program, number, calls["clone"], 0x10000011) == errno.EPERM  # a user namespace
    assert outcome(program, number, 435) == errno.ENOSYS
    assert outcome(program, number, 0x40000000 | 1) == errno.EPERM
    assert outcome(program, 0x40000003, 41) == KILLED  # 32-bit calls have other numbers


def test_a_machine_that_is_not_known():
    with pytest.raises(OSError, match="known for x86_64 and aarch64, and this machine is pdp11"):
        call_filter("pdp11")
