namespace CallCenter.Media.Net;

/// <summary>The bound sockets of a leg: RTP on an even port, RTCP on the next or, multiplexed (RFC 5761), on the same.</summary>
internal sealed class PortPair
{
    // A range shared with other programs: so many taken ports in a row mean that it is not ours.
    private const int AttemptsMax = 64;

    private readonly PortAllocator? _allocator;
    private int _closed;

    private PortPair(UdpSocket rtp, UdpSocket rtcp, PortAllocator? allocator)
    {
        Rtp = rtp;
        Rtcp = rtcp;
        _allocator = allocator;
    }

    public UdpSocket Rtp { get; }

    /// <summary>The same object as <see cref="Rtp"/> where both share a port.</summary>
    public UdpSocket Rtcp { get; }
    public bool IsMuxed => Rtcp == Rtp;

    /// <summary>Binds a pair of the allocator's range, or, without one, of the system's choice; of a muxed pair the second port stays unused.</summary>
    public static PortPair? TryOpen(PortAllocator? allocator, NativeAddress address, int dscp, bool muxed, out OpenLegError error)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var port = 0;
            if (allocator is not null && !allocator.TryRent(out port))
            {
                error = OpenLegError.NoFreePorts;
                return null;
            }
            if (TryBind(port, address, dscp, muxed, out var errno) is { } pair)
            {
                error = OpenLegError.None;
                return new PortPair(pair.Rtp, pair.Rtcp, allocator);
            }
            allocator?.Return(port);
            if (errno != Libc.EADDRINUSE)
            {
                error = OpenLegError.SocketRefused;
                return null;
            }
        }
        error = OpenLegError.NoFreePorts;
        return null;
    }

    private static (UdpSocket Rtp, UdpSocket Rtcp)? TryBind(int port, NativeAddress address, int dscp, bool muxed, out int errno)
    {
        var rtp = UdpSocket.TryBind(new NativeEndpoint(address, (ushort)port), dscp, out errno);
        if (rtp is null)
        {
            return null;
        }
        if (muxed)
        {
            return (rtp, rtp);
        }
        if ((rtp.Local.Port & 1) == 1)
        {
            // The system chose an odd port.
            rtp.Close();
            errno = Libc.EADDRINUSE;
            return null;
        }
        var rtcp = UdpSocket.TryBind(new NativeEndpoint(address, (ushort)(rtp.Local.Port + 1)), dscp, out errno);
        if (rtcp is null)
        {
            rtp.Close();
            return null;
        }
        return (rtp, rtcp);
    }

    /// <summary>Closes both sockets and lets the ports cool down. Idempotent, from any thread.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }
        Rtp.Close();
        Rtcp.Close();
        _allocator?.Return(Rtp.Local.Port);
    }
}
