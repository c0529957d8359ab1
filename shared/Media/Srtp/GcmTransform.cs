using System.Buffers.Binary;
using CallCenter.Media.Net;

namespace CallCenter.Media.Srtp;

/// <summary>AEAD_AES_128_GCM (RFC 7714). SRTCP: header | ciphertext | tag | E and index.</summary>
internal sealed unsafe class GcmTransform : SrtpTransform
{
    private const int TagSize = 16;
    private const int NonceSize = 12;

    private readonly byte[] _salt;
    private nint _cipher;

    public GcmTransform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        _salt = salt.ToArray();
        _cipher = OpenSsl.CipherNew();
        fixed (byte* raw = key)
        {
            _ = OpenSsl.CipherInit(_cipher, OpenSsl.Aes128Gcm(), 0, raw, null, 1);
        }
    }

    public override void SealRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        var end = packet.Length - TagSize;
        fixed (byte* data = packet)
        {
            Begin(ssrc, index, encrypt: true);
            Authenticate(data, headerLength);
            Crypt(data + headerLength, end - headerLength);
            TakeTag(data + end);
        }
    }

    public override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        var end = packet.Length - TagSize;
        fixed (byte* data = packet)
        {
            Begin(ssrc, index, encrypt: false);
            Authenticate(data, headerLength);
            Crypt(data + headerLength, end - headerLength);
            return HasTag(data + end);
        }
    }

    public override void SealRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        var end = packet.Length - TagSize - RtcpIndexSize;
        BinaryPrimitives.WriteUInt32BigEndian(packet[^RtcpIndexSize..], index | Encrypted);
        fixed (byte* data = packet)
        {
            Begin(ssrc, index, encrypt: true);
            Authenticate(data, RtcpHeaderSize);
            Authenticate(data + packet.Length - RtcpIndexSize, RtcpIndexSize);
            Crypt(data + RtcpHeaderSize, end - RtcpHeaderSize);
            TakeTag(data + end);
        }
    }

    public override bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        var end = packet.Length - TagSize - RtcpIndexSize;
        fixed (byte* data = packet)
        {
            Begin(ssrc, index, encrypt: false);
            Authenticate(data, RtcpHeaderSize);
            Authenticate(data + packet.Length - RtcpIndexSize, RtcpIndexSize);
            Crypt(data + RtcpHeaderSize, end - RtcpHeaderSize);
            return HasTag(data + end);
        }
    }

    public override uint ReadRtcpIndex(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[^RtcpIndexSize..]);

    /// <summary>The nonce is salt XOR (two zero bytes, SSRC, 48-bit index) (RFC 7714, 8.1 and 9.1).</summary>
    private void Begin(uint ssrc, ulong index, bool encrypt)
    {
        var nonce = stackalloc byte[NonceSize];
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(nonce, 8), ((ulong)ssrc << 16) | (index >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(nonce + 8, 4), (uint)index);
        for (var i = 0; i < NonceSize; i++)
        {
            nonce[i] ^= _salt[i];
        }
        _ = OpenSsl.CipherInit(_cipher, 0, 0, null, nonce, encrypt ? 1 : 0);
    }

    private void Authenticate(byte* data, int length)
    {
        int written;
        _ = OpenSsl.CipherUpdate(_cipher, null, &written, data, length);
    }

    private void Crypt(byte* data, int length)
    {
        int written;
        if (length > 0)
        {
            _ = OpenSsl.CipherUpdate(_cipher, data, &written, data, length);
        }
    }

    private void TakeTag(byte* tag)
    {
        int written;
        _ = OpenSsl.CipherFinal(_cipher, tag, &written);
        _ = OpenSsl.CipherControl(_cipher, OpenSsl.EVP_CTRL_AEAD_GET_TAG, TagSize, tag);
    }

    private bool HasTag(byte* tag)
    {
        int written;
        var rest = stackalloc byte[TagSize];
        return OpenSsl.CipherControl(_cipher, OpenSsl.EVP_CTRL_AEAD_SET_TAG, TagSize, tag) == 1
            && OpenSsl.CipherFinal(_cipher, rest, &written) == 1;
    }

    public override void Dispose()
    {
        OpenSsl.CipherFree(_cipher);
        _cipher = 0;
    }
}
