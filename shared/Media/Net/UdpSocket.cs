using System.Runtime.InteropServices;

namespace CallCenter.Media.Net;

/// <summary>A non-blocking UDP socket by its file descriptor. Opened by any thread, then used by one media thread.</summary>
internal sealed unsafe class UdpSocket
{
    private readonly int _dscp;
    private int _fd;

    private UdpSocket(int fd, NativeEndpoint local, int dscp)
    {
        _fd = fd;
        _dscp = dscp;
        Local = local;
    }

    public int Fd => _fd;
    public NativeEndpoint Local { get; }

    /// <summary>Binds to an address; port 0 lets the system choose. Null with <paramref name="errno"/> on refusal.</summary>
    public static UdpSocket? TryBind(NativeEndpoint local, int dscp, out int errno) => TryOpen(local, dscp, shared: false, out errno);

    /// <summary>
    /// Another socket on this port, connected to one remote: the kernel gives it whatever comes from there, and this one the rest, and
    /// knows its route without a look-up for each packet. Null where the kernel refuses. Before the connection stands it may have taken
    /// packets of others: who receives looks at their source as ever.
    /// </summary>
    public UdpSocket? TryConnect(NativeEndpoint remote)
    {
        if (!Share(_fd) || TryOpen(Local, _dscp, shared: true, out _) is not { } socket)
        {
            return null;
        }
        var sockaddr = stackalloc byte[NativeEndpoint.Size];
        remote.Write(sockaddr);
        if (Libc.Connect(socket._fd, sockaddr, remote.Length) == 0)
        {
            return socket;
        }
        socket.Close();
        return null;
    }

    private static UdpSocket? TryOpen(NativeEndpoint local, int dscp, bool shared, out int errno)
    {
        var fd = Libc.Socket(local.Family, Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            errno = Marshal.GetLastPInvokeError();
            return null;
        }
        if (local.Family == Libc.AF_INET6)
        {
            // A port of IPv6 is none of IPv4: each family has its own sockets.
            var only = 1;
            _ = Libc.SetSockOpt(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, &only, sizeof(int));
        }
        var sockaddr = stackalloc byte[NativeEndpoint.Size];
        local.Write(sockaddr);
        var length = local.Length;
        if ((shared && !Share(fd)) || Libc.Bind(fd, sockaddr, length) < 0 || Libc.GetSockName(fd, sockaddr, &length) < 0)
        {
            errno = Marshal.GetLastPInvokeError();
            _ = Libc.Close(fd);
            return null;
        }
        // Marking is a wish: a kernel that refuses it still carries the packets.
        var tos = dscp << 2;
        _ = local.Family == Libc.AF_INET6
            ? Libc.SetSockOpt(fd, Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS, &tos, sizeof(int))
            : Libc.SetSockOpt(fd, Libc.IPPROTO_IP, Libc.IP_TOS, &tos, sizeof(int));
        errno = 0;
        return new UdpSocket(fd, NativeEndpoint.Read(sockaddr), dscp);
    }

    /// <summary>Lets the port be bound again, by sockets of this user that were told the same; another program's bind is refused as ever.</summary>
    private static bool Share(int fd)
    {
        var yes = 1;
        return Libc.SetSockOpt(fd, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, &yes, sizeof(int)) == 0;
    }

    /// <summary>From now on the kernel notes when each datagram came, for <see cref="DatagramBatch"/>.</summary>
    public void StampArrivals()
    {
        var yes = 1;
        _ = Libc.SetSockOpt(_fd, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS, &yes, sizeof(int));
    }

    /// <summary>Length of the datagram in <paramref name="buffer"/>; negative when there is none.</summary>
    public int Receive(byte* buffer, int size, out NativeEndpoint from)
    {
        var sockaddr = stackalloc byte[NativeEndpoint.Size];
        var length = NativeEndpoint.Size;
        // MSG_TRUNC returns the real length, so that a datagram larger than the buffer is seen and dropped.
        var received = (int)Libc.RecvFrom(_fd, buffer, size, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC, sockaddr, &length);
        from = received < 0 ? default : NativeEndpoint.Read(sockaddr);
        return received;
    }

    public bool Send(byte* buffer, int length, NativeEndpoint to)
    {
        var sockaddr = stackalloc byte[NativeEndpoint.Size];
        to.Write(sockaddr);
        return Libc.SendTo(_fd, buffer, length, Libc.MSG_DONTWAIT, sockaddr, to.Length) == length;
    }

    /// <summary>Sends to the remote that the socket is connected to.</summary>
    public bool Send(byte* buffer, int length) =>
        // An ICMP error of an earlier packet is told once, in place of sending: a remote that is gone must not cost the next one.
        TrySend(buffer, length) || TrySend(buffer, length);

    private bool TrySend(byte* buffer, int length) => Libc.SendTo(_fd, buffer, length, Libc.MSG_DONTWAIT, null, 0) == length;

    public void Close()
    {
        var fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }
    }
}
