using System.Net;
using System.Runtime.InteropServices;

namespace CallCenter.Benchmarks.Relay;

/// <summary>Batched system calls of Linux on x86-64 and arm64 (sendmmsg(2), recvmmsg(2)), so that the load costs less than what it loads.</summary>
internal static unsafe partial class Kernel
{
    public const int DontWait = 0x40;
    private const int Inet = 2, Datagram = 2, SocketLevel = 1, ConnectionRefused = 111, ReceiveBufferForce = 33, SendBufferForce = 32, AddressSize = 16;

    /// <summary>One datagram of a batch: struct mmsghdr.</summary>
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

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Part
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary>struct sockaddr_in.</summary>
    [StructLayout(LayoutKind.Sequential, Size = AddressSize)]
    public struct InternetAddress
    {
        public ushort Family;
        public ushort Port;
        public uint Address;

        public static InternetAddress Of(IPEndPoint endpoint) => new()
        {
            Family = Inet,
            Port = (ushort)IPAddress.HostToNetworkOrder((short)endpoint.Port),
            Address = BitConverter.ToUInt32(endpoint.Address.GetAddressBytes()),
        };
    }

    /// <summary>A UDP socket with large buffers, bound to the address.</summary>
    public static int Open(IPEndPoint local)
    {
        var fd = Check(Socket(Inet, Datagram, 0), "socket");
        var size = 32 << 20;
        // Larger than net.core.rmem_max only as root; without it the usual buffers must do.
        _ = SetSockOpt(fd, SocketLevel, ReceiveBufferForce, &size, sizeof(int));
        _ = SetSockOpt(fd, SocketLevel, SendBufferForce, &size, sizeof(int));
        var address = InternetAddress.Of(local);
        _ = Check(Bind(fd, &address, AddressSize), $"bind to {local}");
        return fd;
    }

    /// <summary>Sends all of them; what the kernel does not take at once is offered again.</summary>
    public static void SendAll(int fd, Message* messages, int count)
    {
        for (var sent = 0; sent < count;)
        {
            var now = SendMany(fd, messages + sent, (uint)(count - sent), 0);
            if (now < 0 && Marshal.GetLastPInvokeError() != ConnectionRefused)
            {
                throw new InvalidOperationException($"sendmmsg: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            // An ICMP error of an earlier datagram is told once; the next attempt goes on.
            sent += Math.Max(now, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(int fd, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(int fd, Message* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int fd, InternetAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSockOpt(int fd, int level, int name, int* value, int length);

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new InvalidOperationException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
}
