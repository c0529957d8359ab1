using System.Net;
using System.Net.Sockets;

namespace CallCenter.Media;

/// <summary>Settings of a <see cref="MediaEngine"/>; fixed for its life.</summary>
public sealed record MediaOptions
{
    /// <summary>Local address, IPv4 or IPv6, of the RTP and RTCP sockets. Default: 127.0.0.1.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Another one of the other family, for legs that ask for it (<see cref="LegOptions.Family"/>). Default: none.</summary>
    public IPAddress? SecondAddress { get; init; }

    /// <summary>First port of the range; rounded up to even. 0: the operating system chooses the ports. Default 20000.</summary>
    public int PortFrom { get; init; } = 20000;

    /// <summary>Last port of the range, inclusive. Default 29999: 5,000 legs.</summary>
    public int PortTo { get; init; } = 29999;

    /// <summary>How long a closed leg's ports rest, so that late packets of the old call meet nobody. Default 5 s.</summary>
    public TimeSpan PortCoolDown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most media threads of an engine.</summary>
    public const int ThreadsMax = 64;

    /// <summary>Media threads, 1 to <see cref="ThreadsMax"/>. A leg lives on one; only legs of one thread can be bridged. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Legs of one thread before the next has any: packets that are taken together cost less. The next one also begins when a thread computes
    /// for half of the time: transcoding, SRTP and conferences cost more than forwarding. Beyond it all are filled evenly. Default 1200.
    /// </summary>
    public int LegsBeforeNextThread { get; init; } = 1200;

    /// <summary>
    /// Packets that come within this time are taken together: waking for each costs more than forwarding it. So much, at most, is
    /// added to a packet's delay. Zero: each at once. Default 1 ms.
    /// </summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Packets that are sent at one moment go to the kernel in one call (io_uring). Where the kernel or a container's seccomp profile refuses that,
    /// each has its own, as with false. Default true.
    /// </summary>
    public bool IoUring { get; init; } = true;

    /// <summary>Legs open at once on one thread. Default 8192.</summary>
    public int LegsMax { get; init; } = 8192;

    /// <summary>Without a packet for this long an armed leg reports <see cref="MediaSilent"/>. Default 20 s.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Mean interval of RTCP reports; each is 0.5 to 1.5 times this (RFC 3550, 6.3.1). Default 5 s.</summary>
    public TimeSpan RtcpInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Differentiated-services code point of what is sent. Default 46, expedited forwarding (RFC 3246).</summary>
    public int Dscp { get; init; } = 46;

    /// <summary>Commands waiting for one media thread before callers are refused. Rounded up to a power of two. Default 4096.</summary>
    public int CommandsMax { get; init; } = 4096;

    /// <summary>Events waiting for handlers before new ones are dropped and counted. Default 8192.</summary>
    public int EventsMax { get; init; } = 8192;

    /// <summary>Without an authenticated STUN check or packet for this long a DTLS leg reports <see cref="IceDisconnected"/>. Default 6 s: browsers check each 2.7 s.</summary>
    public TimeSpan IceTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>From the first STUN check to the end of the DTLS handshake, else <see cref="MediaSecurityFailed"/>. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>DTLS handshakes at once on one media thread; each takes 1 to 2 ms of it. Further ones wait: the client repeats its hello. Default 64.</summary>
    public int HandshakesMax { get; init; } = 64;

    /// <summary>Receives faults of handlers, sinks and the engine itself. Called off the media threads.</summary>
    public Action<MediaFault>? OnFault { get; init; }

    internal void Validate()
    {
        if (BindAddress.IsIPv4MappedToIPv6 || SecondAddress is { IsIPv4MappedToIPv6: true } || SecondAddress?.AddressFamily == BindAddress.AddressFamily)
        {
            throw new ArgumentException($"BindAddress {BindAddress} and SecondAddress {SecondAddress} must be an IPv4 and an IPv6 address.");
        }
        if (PortFrom != 0 && (PortFrom < 1024 || PortTo > 65535 || PortTo <= PortFrom))
        {
            throw new ArgumentException($"Port range {PortFrom}-{PortTo} is not within 1024-65535 or holds no pair.");
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Threads, ThreadsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(Gather, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Gather, TimeSpan.FromMilliseconds(10));
        ArgumentOutOfRangeException.ThrowIfLessThan(LegsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LegsMax, 32767);
        ArgumentOutOfRangeException.ThrowIfLessThan(LegsBeforeNextThread, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CommandsMax, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(EventsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SilenceTimeout, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(RtcpInterval, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(PortCoolDown, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(IceTimeout, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(HandshakeTimeout, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(HandshakesMax, 1);
    }
}

/// <summary>Settings of one leg.</summary>
public sealed record LegOptions
{
    /// <summary>A word for logs and tests.</summary>
    public string Name { get; init; } = "leg";

    /// <summary>The owner's own object; comes back as <see cref="MediaLeg.Tag"/>.</summary>
    public object? Tag { get; init; }

    /// <summary>Opens the leg on the same media thread as this one. Needed for a bridge or a tap of both.</summary>
    public MediaLeg? Near { get; init; }

    /// <summary>IPv4 or IPv6; null: that of <see cref="MediaOptions.BindAddress"/>. Legs of different families can be bridged.</summary>
    public AddressFamily? Family { get; init; }

    /// <summary>How media is protected; decides which ports are opened. Default: not at all.</summary>
    public MediaSecurity Security { get; init; }

    /// <summary>Called by the engine's event task, one event at a time. Must return quickly: post to a mailbox.</summary>
    public Action<MediaEvent>? OnEvent { get; init; }
}

/// <summary>Why a leg could not be opened.</summary>
public enum OpenLegError
{
    /// <summary>It was opened.</summary>
    None,
    /// <summary>Every port pair of the range is in use, cooling down or taken by another process.</summary>
    NoFreePorts,
    /// <summary>The thread has <see cref="MediaOptions.LegsMax"/> legs.</summary>
    TooManyLegs,
    /// <summary>The operating system refused a socket (file descriptors, address not local).</summary>
    SocketRefused,
    /// <summary>The engine is stopping.</summary>
    Stopped,
    /// <summary>OpenSSL 3 (libssl.so.3, libcrypto.so.3) is not installed or refuses what a secure leg needs; the reason went to <see cref="MediaOptions.OnFault"/>.</summary>
    SecurityUnavailable,
}

/// <summary>An unexpected failure; <paramref name="Where"/> says whose: "handler", "sink", "command", "packet", "tick", "security".</summary>
public sealed record MediaFault(string Where, Exception Exception, MediaLeg? Leg = null);
