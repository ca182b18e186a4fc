import Glibc

/// The clock that all processes of a machine share and nobody sets; clock_gettime(2), CLOCK_MONOTONIC.
public enum MonotonicClock {
    public static var nanoseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    public static var milliseconds: Int { nanoseconds / 1_000_000 }
}
