using System.Net;
using CallCenter.Media.Net;

namespace CallCenter.Media.Rtp;

/// <summary>
/// Which address is the remote. Armed by signalling, it learns the address of the first valid packet that
/// comes from an expected host, and from then on knows only that one. Only signalling arms it again. One exception: a packet
/// from the very address that the SDP names is the remote, whoever was learnt before it (somebody who still sends to an
/// earlier user of this port, such as a phone whose gateway was killed).
/// A value type: it lives inside a leg and costs nothing a packet.
/// </summary>
internal struct Latch
{
    private NativeAddress _sdpHost;
    private NativeAddress _otherHost;
    private NativeEndpoint _named;
    private IPEndPoint? _sdp;
    private IPAddress? _signalling;

    public bool Armed { get; private set; }
    public bool Learnt { get; private set; }

    /// <summary>Where to send: the SDP's address until one is learnt.</summary>
    public NativeEndpoint Target { get; private set; }

    /// <summary>
    /// Takes what signalling said. The same endpoint and source as before keep a learnt address, so that a
    /// hold or a session refresh does not open the leg to a hijacker; <paramref name="force"/> overrides that.
    /// </summary>
    public void Arm(IPEndPoint sdp, IPAddress? signalling, bool force)
    {
        if (Armed && !force && sdp.Equals(_sdp) && Equals(signalling, _signalling))
        {
            return;
        }
        _sdp = sdp;
        _signalling = signalling;
        _sdpHost = NativeAddress.From(sdp.Address);
        var source = NativeAddress.From(signalling);
        _otherHost = source != default && IsHiddenFrom(_sdpHost, source) ? source : _sdpHost;
        Target = NativeEndpoint.From(sdp);
        // A hidden address may belong to another host of ours: it proves nothing.
        _named = _otherHost == _sdpHost ? Target : default;
        Learnt = false;
        Armed = true;
    }

    /// <summary>Is this packet's source the remote? Learns it if it is the first.</summary>
    public bool Accept(NativeEndpoint from, out bool learntNow)
    {
        learntNow = false;
        if (Learnt && from == Target)
        {
            return true;
        }
        if (Learnt ? from != _named : !Expects(from.Address))
        {
            return false;
        }
        Target = from;
        Learnt = learntNow = true;
        return true;
    }

    /// <summary>Would <see cref="Accept"/> say yes? Asked before a packet is decrypted, when nothing may be learnt from it yet.</summary>
    public readonly bool MayAccept(NativeEndpoint from) =>
        Learnt ? from == Target || from == _named : Expects(from.Address);

    /// <summary>May the remote have this host? (RTCP comes from another port.)</summary>
    public readonly bool Expects(NativeAddress host) =>
        Learnt ? host == Target.Address : !host.IsUnspecified && (host == _sdpHost || host == _otherHost);

    /// <summary>An SDP address that the sender may not be seen at from here: private, unspecified, or one of the two on a loopback.</summary>
    private static bool IsHiddenFrom(NativeAddress sdp, NativeAddress signalling) =>
        sdp.IsUnspecified || sdp.IsPrivate || sdp.IsLoopback != signalling.IsLoopback;
}
