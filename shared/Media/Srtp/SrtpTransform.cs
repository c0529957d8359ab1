namespace CallCenter.Media.Srtp;

/// <summary>
/// Encrypts and authenticates whole packets in place with the session keys of one direction, for RTP or for RTCP.
/// Knows nothing of indexes that were used before. Not thread-safe, allocates nothing a packet.
/// </summary>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>Bytes of the RTCP header that stay in the clear (RFC 3711, section 3.4).</summary>
    public const int RtcpHeaderSize = 8;

    /// <summary>Bytes of the E flag and the SRTCP index.</summary>
    public const int RtcpIndexSize = 4;

    public const uint Encrypted = 0x8000_0000;

    /// <param name="packet">Header, payload and room for the tag.</param>
    /// <param name="index">48 bits: roll-over counter and sequence number.</param>
    public abstract void SealRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index);

    /// <summary>False: the tag is wrong. Of the packet the tag is left over.</summary>
    public abstract bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index);

    /// <param name="packet">Compound packet and room for tag and index.</param>
    /// <param name="index">31 bits.</param>
    public abstract void SealRtcp(Span<byte> packet, uint ssrc, uint index);

    /// <summary>False: the tag is wrong. Of the packet tag and index are left over.</summary>
    public abstract bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index);

    /// <summary>The SRTCP index with its E flag, from where this transform keeps it.</summary>
    public abstract uint ReadRtcpIndex(ReadOnlySpan<byte> packet);

    public abstract void Dispose();
}
