using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CallCenter.Media.Net;

namespace CallCenter.Media.Tests;

/// <summary>The browser's side of STUN, written apart from the code under test.</summary>
internal static class StunClient
{
    private const uint Cookie = 0x2112A442;

    /// <summary>A Binding request of a controlling agent, signed with the other side's password.</summary>
    public static byte[] Check(string fragment, string password, string ownFragment, bool nominate, ushort? extraAttribute = null)
    {
        var attributes = new List<byte>();
        Add(attributes, 0x0006, Encoding.ASCII.GetBytes($"{fragment}:{ownFragment}"));
        if (extraAttribute is { } extra)
        {
            Add(attributes, extra, [1, 2, 3]);
        }
        Add(attributes, 0x802A, RandomNumberGenerator.GetBytes(8));
        if (nominate)
        {
            Add(attributes, 0x0025, []);
        }
        Add(attributes, 0x0024, [0x6E, 0, 1, 0xFF]);
        var data = new byte[20 + attributes.Count + 24 + 8];
        WriteHeader(data);
        RandomNumberGenerator.Fill(data.AsSpan(8, 12));
        attributes.CopyTo(data, 20);
        var covered = data.AsSpan(0, 20 + attributes.Count);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), (ushort)(attributes.Count + 24));
        var hash = CryptographicOperations.HmacData(HashAlgorithmName.SHA1, Encoding.ASCII.GetBytes(password), covered);
        byte[] integrity = [0, 8, 0, 20, .. hash];
        integrity.CopyTo(data, covered.Length);
        Finish(data);
        return data;
    }

    public static void WriteHeader(Span<byte> data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(data, 1);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], Cookie);
    }

    /// <summary>Sets the length and the fingerprint over whatever is there.</summary>
    public static void Finish(Span<byte> data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], (ushort)(data.Length - 20));
        BinaryPrimitives.WriteUInt32BigEndian(data[^8..], 0x8028_0004);
        BinaryPrimitives.WriteUInt32BigEndian(data[^4..], Crc32(data[..^8]) ^ 0x5354554E);
    }

    private static void Add(List<byte> attributes, ushort type, byte[] value)
    {
        attributes.AddRange([(byte)(type >> 8), (byte)type, 0, (byte)value.Length, .. value]);
        while (attributes.Count % 4 != 0)
        {
            attributes.Add(0);
        }
    }

    /// <summary>The address in a success response to a request; throws for one that is not right.</summary>
    public static NativeEndpoint ReadResponse(byte[] response, byte[] request, string password)
    {
        BinaryPrimitives.ReadUInt16BigEndian(response).ShouldBe((ushort)0x0101);
        response.AsSpan(4, 16).SequenceEqual(request.AsSpan(4, 16)).ShouldBeTrue();
        var length = BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(2));
        length.ShouldBe((ushort)(response.Length - 20));
        BinaryPrimitives.ReadUInt32BigEndian(response.AsSpan(response.Length - 4)).ShouldBe(Crc32(response.AsSpan(0, response.Length - 8)) ^ 0x5354554E);
        var covered = response[..^32];
        BinaryPrimitives.WriteUInt16BigEndian(covered.AsSpan(2), (ushort)(length - 8));
        response.AsSpan(response.Length - 28, 20).SequenceEqual(CryptographicOperations.HmacData(HashAlgorithmName.SHA1, Encoding.ASCII.GetBytes(password), covered)).ShouldBeTrue();
        var mapped = BinaryPrimitives.ReadUInt32BigEndian(response.AsSpan(20));
        var address = response.AsSpan(28, mapped == 0x0020_0008u ? 4 : 16).ToArray();
        mapped.ShouldBe(0x0020_0004u + (uint)address.Length);
        response[25].ShouldBe((byte)(address.Length == 4 ? 1 : 2));
        for (var i = 0; i < address.Length; i++)
        {
            address[i] ^= request[4 + i];
        }
        return new NativeEndpoint(
            NativeAddress.From(new System.Net.IPAddress(address)),
            (ushort)(BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(26)) ^ (Cookie >> 16)));
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var each in data)
        {
            crc ^= each;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }
        return ~crc;
    }
}
