using System.Runtime.InteropServices;

namespace CallCenter.Media.Net;

/// <summary>A non-blocking UDP socket by its file descriptor. Opened by any thread, then used by one media thread.</summary>
internal sealed unsafe class UdpSocket
{
    private int _fd;

    private UdpSocket(int fd, NativeEndpoint local)
    {
        _fd = fd;
        Local = local;
    }

    public int Fd => _fd;
    public NativeEndpoint Local { get; }

    /// <summary>Binds to an address; port 0 lets the system choose. Null with <paramref name="errno"/> on refusal.</summary>
    public static UdpSocket? TryBind(NativeEndpoint local, int dscp, out int errno)
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
        if (Libc.Bind(fd, sockaddr, length) < 0 || Libc.GetSockName(fd, sockaddr, &length) < 0)
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
        return new UdpSocket(fd, NativeEndpoint.Read(sockaddr));
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

    public void Close()
    {
        var fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }
    }
}
