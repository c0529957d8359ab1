using System.Buffers.Binary;
using System.Security.Cryptography;
using CallCenter.Media.Net;

namespace CallCenter.Media.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80 (RFC 3711, 4.1.1 and 4.2.1). SRTCP: header | ciphertext | E and index | tag.</summary>
internal sealed unsafe class CounterModeTransform : SrtpTransform
{
    private const int TagSize = 10;
    private const int SaltSize = 14;

    private readonly byte[] _salt;
    private readonly IncrementalHash _hmac;
    private nint _cipher;

    public CounterModeTransform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> authenticationKey)
    {
        _salt = salt.ToArray();
        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authenticationKey);
        _cipher = OpenSsl.CipherNew();
        fixed (byte* raw = key)
        {
            _ = OpenSsl.CipherInit(_cipher, OpenSsl.Aes128Ctr(), 0, raw, null, 1);
        }
    }

    public override void SealRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        var body = packet[..^TagSize];
        Crypt(body[headerLength..], ssrc, index);
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Tag(body, index, tag);
        tag[..TagSize].CopyTo(packet[^TagSize..]);
    }

    public override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        var body = packet[..^TagSize];
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Tag(body, index, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[..TagSize], packet[^TagSize..]))
        {
            return false;
        }
        Crypt(body[headerLength..], ssrc, index);
        return true;
    }

    public override void SealRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        var body = packet[..^TagSize];
        BinaryPrimitives.WriteUInt32BigEndian(body[^RtcpIndexSize..], index | Encrypted);
        Crypt(body[RtcpHeaderSize..^RtcpIndexSize], ssrc, index);
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Tag(body, tag);
        tag[..TagSize].CopyTo(packet[^TagSize..]);
    }

    public override bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        var body = packet[..^TagSize];
        Span<byte> tag = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Tag(body, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[..TagSize], packet[^TagSize..]))
        {
            return false;
        }
        Crypt(body[RtcpHeaderSize..^RtcpIndexSize], ssrc, index);
        return true;
    }

    public override uint ReadRtcpIndex(ReadOnlySpan<byte> packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet[^(TagSize + RtcpIndexSize)..]);

    /// <summary>The tag of RTP covers the roll-over counter too, which is not sent.</summary>
    private void Tag(ReadOnlySpan<byte> body, ulong index, Span<byte> tag)
    {
        Span<byte> rollOver = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(rollOver, (uint)(index >> 16));
        _hmac.AppendData(body);
        _hmac.AppendData(rollOver);
        _ = _hmac.GetHashAndReset(tag);
    }

    private void Tag(ReadOnlySpan<byte> body, Span<byte> tag)
    {
        _hmac.AppendData(body);
        _ = _hmac.GetHashAndReset(tag);
    }

    /// <summary>The counter begins at salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.</summary>
    private void Crypt(Span<byte> data, uint ssrc, ulong index)
    {
        var counter = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(counter, 8), ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(counter + 8, 8), index << 16);
        for (var i = 0; i < SaltSize; i++)
        {
            counter[i] ^= _salt[i];
        }
        int written;
        fixed (byte* raw = data)
        {
            _ = OpenSsl.CipherInit(_cipher, 0, 0, null, counter, 1);
            _ = OpenSsl.CipherUpdate(_cipher, raw, &written, raw, data.Length);
        }
    }

    public override void Dispose()
    {
        OpenSsl.CipherFree(_cipher);
        _cipher = 0;
        _hmac.Dispose();
    }
}
