using System.Buffers.Binary;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Srtp;

/// <summary>What became of a received SRTP or SRTCP packet.</summary>
internal enum SrtpResult
{
    Ok,
    Malformed,
    /// <summary>The tag is wrong.</summary>
    Unauthenticated,
    /// <summary>Received before, or too old to tell.</summary>
    Replayed,
}

/// <summary>
/// SRTP and SRTCP of one leg, both directions (RFC 3711): one SSRC of ours, a bounded number of the remote's. In place,
/// sans I/O, no allocation a packet once a stream is known. Only the media thread touches it.
/// </summary>
internal sealed class SrtpSession : IDisposable
{
    /// <summary>SSRCs of the remote that are told apart; the one unheard for longest makes room.</summary>
    public const int StreamsMax = 8;

    private const uint RtcpIndexMax = 0x7FFF_FFFF;

    private struct Stream
    {
        public uint Ssrc;
        public bool Used;
        public long HeardAt;
        public ReplayWindow Rtp;
        public ReplayWindow Rtcp;
    }

    private readonly SrtpTransform _rtpOut;
    private readonly SrtpTransform _rtcpOut;
    private SrtpTransform _rtpIn;
    private SrtpTransform _rtcpIn;
    private readonly int _tagSize;
    private readonly Stream[] _streams = new Stream[StreamsMax];
    private ReplayWindow _sent;
    private uint _rtcpSent;
    private long _turn;

    public SrtpSession(SrtpKeys local, SrtpKeys remote)
        : this(local.Profile, local.CreateTransform(rtcp: false), local.CreateTransform(rtcp: true), remote.CreateTransform(rtcp: false), remote.CreateTransform(rtcp: true))
    {
        if (local.Profile != remote.Profile)
        {
            throw new ArgumentException($"Both directions need one profile, not {local.Profile} and {remote.Profile}.");
        }
    }

    internal SrtpSession(SrtpProfile profile, SrtpTransform rtpOut, SrtpTransform rtcpOut, SrtpTransform rtpIn, SrtpTransform rtcpIn)
    {
        Profile = profile;
        _tagSize = profile.TagSize();
        (_rtpOut, _rtcpOut, _rtpIn, _rtcpIn) = (rtpOut, rtcpOut, rtpIn, rtcpIn);
    }

    public SrtpProfile Profile { get; }

    /// <summary>
    /// Protects the packet of <paramref name="length"/> bytes at the start of the buffer, which has room for
    /// <see cref="SrtpProfiles.GrowthMax"/> more. False: its number was sent before, and a second packet under it would
    /// betray both (RFC 7714, section 8.4).
    /// </summary>
    public bool TryProtectRtp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = length + _tagSize;
        if (!RtpPacket.TryGetHeaderLength(buffer[..length], out var header)
            || !_sent.TryEstimate(BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]), out var index)
            || !_sent.Allows(index))
        {
            return false;
        }
        _sent.Add(index);
        _rtpOut.SealRtp(buffer[..protectedLength], header, BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]), index);
        return true;
    }

    /// <summary>As <see cref="TryProtectRtp"/>, for a compound packet. False when 2^31 of them were sent.</summary>
    public bool TryProtectRtcp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = length + _tagSize + SrtpTransform.RtcpIndexSize;
        if (length < SrtpTransform.RtcpHeaderSize || _rtcpSent > RtcpIndexMax)
        {
            return false;
        }
        _rtcpOut.SealRtcp(buffer[..protectedLength], BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]), _rtcpSent++);
        return true;
    }

    /// <summary>Checks and decrypts an RTP packet in place; <paramref name="length"/> is what is left of it.</summary>
    public SrtpResult UnprotectRtp(Span<byte> packet, out int length)
    {
        length = packet.Length - _tagSize;
        if (length < RtpPacket.HeaderSize || !RtpPacket.TryGetHeaderLength(packet[..length], out var header))
        {
            return SrtpResult.Malformed;
        }
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var known = Find(ssrc);
        var window = known < 0 ? default : _streams[known].Rtp;
        if (!window.TryEstimate(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), out var index) || !window.Allows(index))
        {
            return SrtpResult.Replayed;
        }
        if (!_rtpIn.TryOpenRtp(packet, header, ssrc, index))
        {
            return SrtpResult.Unauthenticated;
        }
        Heard(ssrc, known).Rtp.Add(index);
        return SrtpResult.Ok;
    }

    /// <summary>As <see cref="UnprotectRtp"/>. What is not encrypted is refused: it was never negotiated.</summary>
    public SrtpResult UnprotectRtcp(Span<byte> packet, out int length)
    {
        length = packet.Length - _tagSize - SrtpTransform.RtcpIndexSize;
        if (length < SrtpTransform.RtcpHeaderSize || packet[0] >> 6 != 2)
        {
            return SrtpResult.Malformed;
        }
        var word = _rtcpIn.ReadRtcpIndex(packet);
        if ((word & SrtpTransform.Encrypted) == 0)
        {
            return SrtpResult.Unauthenticated;
        }
        var index = word & RtcpIndexMax;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        var known = Find(ssrc);
        if (known >= 0 && !_streams[known].Rtcp.Allows(index))
        {
            return SrtpResult.Replayed;
        }
        if (!_rtcpIn.TryOpenRtcp(packet, ssrc, index))
        {
            return SrtpResult.Unauthenticated;
        }
        Heard(ssrc, known).Rtcp.Add(index);
        return SrtpResult.Ok;
    }

    /// <summary>The remote has new keys of the same profile; what we send goes on under ours.</summary>
    public void ReplaceRemote(SrtpKeys remote)
    {
        _rtpIn.Dispose();
        _rtcpIn.Dispose();
        (_rtpIn, _rtcpIn) = (remote.CreateTransform(rtcp: false), remote.CreateTransform(rtcp: true));
        Array.Clear(_streams);
    }

    private int Find(uint ssrc)
    {
        for (var i = 0; i < StreamsMax; i++)
        {
            if (_streams[i].Used && _streams[i].Ssrc == ssrc)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>A stream is kept only from its first authentic packet on.</summary>
    private ref Stream Heard(uint ssrc, int known)
    {
        if (known < 0)
        {
            known = 0;
            for (var i = 1; i < StreamsMax; i++)
            {
                known = _streams[i].HeardAt < _streams[known].HeardAt ? i : known;
            }
            _streams[known] = new Stream { Ssrc = ssrc, Used = true };
        }
        ref var stream = ref _streams[known];
        stream.HeardAt = ++_turn;
        return ref stream;
    }

    public void Dispose()
    {
        _rtpOut.Dispose();
        _rtcpOut.Dispose();
        _rtpIn.Dispose();
        _rtcpIn.Dispose();
    }
}
