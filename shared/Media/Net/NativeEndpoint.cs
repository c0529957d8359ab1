using System.Buffers.Binary;
using System.Net;

namespace CallCenter.Media.Net;

/// <summary>
/// An IPv4 address and port as plain numbers, and the only code that knows sockaddr_in:
/// family (2 bytes, host order), port and address (network order), 8 bytes of padding.
/// </summary>
internal readonly record struct NativeEndpoint(uint Address, ushort Port)
{
    /// <summary>Bytes of a sockaddr_in.</summary>
    public const int Size = 16;

    /// <summary>False where there is nowhere to send: 0.0.0.0 (old hold, RFC 3264 section 8.4) or port 0.</summary>
    public bool CanBeSentTo => Address != 0 && Port != 0;

    public static NativeEndpoint From(IPEndPoint endpoint) => new(ToNumber(endpoint.Address), (ushort)endpoint.Port);

    public static uint ToNumber(IPAddress address) =>
        TryToNumber(address, out var number) ? number : throw new ArgumentException($"{address} is not an IPv4 address.");

    /// <summary>False for null and for an IPv6 address that is not a mapped IPv4 one.</summary>
    public static bool TryToNumber(IPAddress? address, out uint number)
    {
        Span<byte> bytes = stackalloc byte[16];
        var v4 = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        if (v4 is null || !v4.TryWriteBytes(bytes, out var length) || length != 4)
        {
            number = 0;
            return false;
        }
        number = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return true;
    }

    public static IPAddress ToAddress(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    public IPEndPoint ToEndPoint() => new(ToAddress(Address), Port);

    public static unsafe NativeEndpoint Read(byte* sockaddr) => new(
        BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(sockaddr + 4, 4)),
        BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(sockaddr + 2, 2)));

    public unsafe void Write(byte* sockaddr)
    {
        *(ushort*)sockaddr = Libc.AF_INET;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(sockaddr + 2, 2), Port);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(sockaddr + 4, 4), Address);
        *(ulong*)(sockaddr + 8) = 0;
    }

    public override string ToString() => ToEndPoint().ToString();
}
