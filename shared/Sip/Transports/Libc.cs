using System.Runtime.InteropServices;

namespace CallCenter.Sip.Transports;

/// <summary>The system calls of Linux that the loop waits, receives and sends by: poll(2), eventfd(2), recvmmsg(2), sendto(2).</summary>
internal static unsafe partial class Libc
{
    public const short Readable = 1; // POLLIN
    public const int DontWait = 0x40; // MSG_DONTWAIT
    private const int Interrupted = 4, EventFlags = 0x80800; // EINTR; EFD_CLOEXEC | EFD_NONBLOCK
    private const int SocketLevel = 1, TellDrops = 40; // SOL_SOCKET, SO_RXQ_OVFL

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Watched
    {
        public int Fd;
        public short Events;
        public short Happened;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Part
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary>struct mmsghdr: one datagram of a batch.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public byte* Address;
        public uint AddressLength;
        public Part* Parts;
        public nint PartCount;
        public byte* Control;
        public nint ControlLength;
        public long Flags; // an int and the padding at the end of struct msghdr
        public uint Length;
    }

    /// <summary>A descriptor that is readable once it was signalled.</summary>
    public static int OpenEvent() => EventFd(0, EventFlags) is >= 0 and var fd ? fd : throw new IOException($"eventfd: {Marshal.GetLastPInvokeErrorMessage()}");

    public static void Signal(int fd)
    {
        ulong one = 1;
        _ = Write(fd, &one, sizeof(ulong)); // it fails only when the counter is full: then it is signalled anyway
    }

    public static void Unsignal(int fd)
    {
        ulong count;
        _ = Read(fd, &count, sizeof(ulong));
    }

    /// <summary>Waits until one of them is readable.</summary>
    /// <param name="timeoutMs">-1: for ever.</param>
    public static void Wait(Watched* watched, int count, int timeoutMs)
    {
        while (Poll(watched, (nuint)count, timeoutMs) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
            // a signal of the runtime: wait on
        }
    }

    /// <summary>Has each datagram tell how many the kernel had to drop before it.</summary>
    public static void CountDrops(int fd)
    {
        var on = 1;
        _ = SetSockOpt(fd, SocketLevel, TellDrops, &on, sizeof(int)); // without it nothing is counted
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(int fd, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int fd, byte* data, nint length, int flags, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Watched* watched, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int fd, void* data, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int fd, void* data, nint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSockOpt(int fd, int level, int name, int* value, int length);
}
