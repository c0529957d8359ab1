using System.Buffers.Binary;
using System.Security.Cryptography;
using CallCenter.Media.Net;

namespace CallCenter.Media.Ice;

/// <summary>
/// A STUN Binding request as ICE uses it (RFC 8489, section 5 and 14; RFC 8445, section 7.1), and the answer to it.
/// Bytes in, bytes out; offsets point into the request.
/// </summary>
internal readonly record struct StunMessage(int UserNameOffset, int UserNameLength, int IntegrityOffset, bool UseCandidate)
{
    /// <summary>Longer ones are refused: browsers' checks have about 120 bytes.</summary>
    public const int RequestMax = 548;

    /// <summary>The longest response: header, XOR-MAPPED-ADDRESS of IPv6, MESSAGE-INTEGRITY, FINGERPRINT.</summary>
    public const int ResponseMax = HeaderSize + MappedSizeV6 + IntegritySize + FingerprintSize;

    private const int MappedSizeV4 = 12;
    private const int MappedSizeV6 = 24;

    private const int HeaderSize = 20;
    private const int IntegritySize = 4 + HMACSHA1.HashSizeInBytes;
    private const int FingerprintSize = 8;
    private const uint Cookie = 0x2112A442;
    private const ushort BindingRequest = 0x0001;
    private const ushort BindingSuccess = 0x0101;
    private const ushort UserName = 0x0006;
    private const ushort MessageIntegrity = 0x0008;
    private const ushort XorMappedAddress = 0x0020;
    private const ushort Priority = 0x0024;
    private const ushort UseCandidateFlag = 0x0025;
    private const ushort Fingerprint = 0x8028;
    private const ushort FirstOptional = 0x8000;
    private const int AttributesMax = 16;

    /// <summary>
    /// Reads a Binding request that has a user name, a MESSAGE-INTEGRITY and, as its last attribute, a right FINGERPRINT.
    /// False for all else, also for attributes that must be understood and are not.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out StunMessage message)
    {
        message = default;
        if (!HasHeader(data) || !HasFingerprint(data))
        {
            return false;
        }
        var (nameOffset, nameLength, integrity, useCandidate) = (0, 0, 0, false);
        var offset = HeaderSize;
        for (var count = 0; offset < data.Length - FingerprintSize; count++)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(data[offset..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(data[(offset + 2)..]);
            var next = offset + 4 + ((length + 3) & ~3);
            if (count == AttributesMax || next > data.Length - FingerprintSize)
            {
                return false;
            }
            switch (type)
            {
                case UserName when nameOffset == 0:
                    (nameOffset, nameLength) = (offset + 4, length);
                    break;
                case MessageIntegrity when length == HMACSHA1.HashSizeInBytes:
                    integrity = offset;
                    break;
                case UseCandidateFlag:
                    useCandidate = true;
                    break;
                case Priority or >= FirstOptional:
                    break;
                default:
                    return false;
            }
            if (integrity != 0)
            {
                // What follows it is not covered by it and is ignored (RFC 8489, section 14.5).
                break;
            }
            offset = next;
        }
        message = new StunMessage(nameOffset, nameLength, integrity, useCandidate);
        return nameOffset != 0 && integrity != 0;
    }

    private static bool HasHeader(ReadOnlySpan<byte> data) =>
        data.Length is >= HeaderSize + FingerprintSize and <= RequestMax
        && data.Length % 4 == 0
        && BinaryPrimitives.ReadUInt16BigEndian(data) == BindingRequest
        && BinaryPrimitives.ReadUInt16BigEndian(data[2..]) == data.Length - HeaderSize
        && BinaryPrimitives.ReadUInt32BigEndian(data[4..]) == Cookie;

    private static bool HasFingerprint(ReadOnlySpan<byte> data)
    {
        var last = data[^FingerprintSize..];
        return BinaryPrimitives.ReadUInt16BigEndian(last) == Fingerprint
            && BinaryPrimitives.ReadUInt16BigEndian(last[2..]) == 4
            && BinaryPrimitives.ReadUInt32BigEndian(last[4..]) == FingerprintOf(data[..^FingerprintSize]);
    }

    /// <summary>Was the request made by somebody who knows our password?</summary>
    public bool IsSignedWith(ReadOnlySpan<byte> request, ReadOnlySpan<byte> password)
    {
        Span<byte> covered = stackalloc byte[RequestMax];
        covered = covered[..IntegrityOffset];
        request[..IntegrityOffset].CopyTo(covered);
        // The length is counted as if the message ended after the attribute.
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(IntegrityOffset + IntegritySize - HeaderSize));
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        _ = CryptographicOperations.HmacData(HashAlgorithmName.SHA1, password, covered, hash);
        return CryptographicOperations.FixedTimeEquals(hash, request.Slice(IntegrityOffset + 4, HMACSHA1.HashSizeInBytes));
    }

    /// <summary>Writes the success response to a request that came from <paramref name="from"/>. Only a signed request has one, and of IPv4 it is never longer. Returns its length.</summary>
    public static int WriteResponse(ReadOnlySpan<byte> request, NativeEndpoint from, ReadOnlySpan<byte> password, Span<byte> response)
    {
        var mappedSize = from.Address.IsIPv4 ? MappedSizeV4 : MappedSizeV6;
        response = response[..(HeaderSize + mappedSize + IntegritySize + FingerprintSize)];
        BinaryPrimitives.WriteUInt16BigEndian(response, BindingSuccess);
        BinaryPrimitives.WriteUInt16BigEndian(response[2..], (ushort)(response.Length - HeaderSize - FingerprintSize));
        request[4..HeaderSize].CopyTo(response[4..]);
        var mapped = response[HeaderSize..];
        BinaryPrimitives.WriteUInt16BigEndian(mapped, XorMappedAddress);
        BinaryPrimitives.WriteUInt16BigEndian(mapped[2..], (ushort)(mappedSize - 4));
        BinaryPrimitives.WriteUInt16BigEndian(mapped[4..], (ushort)(from.Address.IsIPv4 ? 1 : 2));
        BinaryPrimitives.WriteUInt16BigEndian(mapped[6..], (ushort)(from.Port ^ (Cookie >> 16)));
        WriteMapped(from.Address, request, mapped[8..]);
        var integrity = mapped[mappedSize..];
        BinaryPrimitives.WriteUInt16BigEndian(integrity, MessageIntegrity);
        BinaryPrimitives.WriteUInt16BigEndian(integrity[2..], HMACSHA1.HashSizeInBytes);
        _ = CryptographicOperations.HmacData(HashAlgorithmName.SHA1, password, response[..(HeaderSize + mappedSize)], integrity.Slice(4, HMACSHA1.HashSizeInBytes));
        BinaryPrimitives.WriteUInt16BigEndian(response[2..], (ushort)(response.Length - HeaderSize));
        var fingerprint = integrity[IntegritySize..];
        BinaryPrimitives.WriteUInt16BigEndian(fingerprint, Fingerprint);
        BinaryPrimitives.WriteUInt16BigEndian(fingerprint[2..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint[4..], FingerprintOf(response[..^FingerprintSize]));
        return response.Length;
    }

    /// <summary>RFC 8489, section 14.2: XOR with the cookie, of IPv6 also with the transaction id after it.</summary>
    private static void WriteMapped(NativeAddress address, ReadOnlySpan<byte> request, Span<byte> mapped)
    {
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(mapped, address.V4 ^ Cookie);
            return;
        }
        address.Write(mapped);
        for (var i = 0; i < 16; i++)
        {
            mapped[i] ^= request[4 + i];
        }
    }

    /// <summary>CRC-32 of ISO 3309 over all that comes before the attribute, XOR "STUN" (RFC 8489, section 14.7).</summary>
    public static uint FingerprintOf(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var each in data)
        {
            crc = CrcTable[(byte)(crc ^ each)] ^ (crc >> 8);
        }
        return ~crc ^ 0x5354554E;
    }

    private static readonly uint[] CrcTable = MakeCrcTable();

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            }
            table[i] = value;
        }
        return table;
    }
}
