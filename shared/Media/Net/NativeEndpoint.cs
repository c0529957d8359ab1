using System.Buffers.Binary;
using System.Net;

namespace CallCenter.Media.Net;

/// <summary>An IPv4 or IPv6 address as two plain numbers; an IPv4 one as the IPv6 address that it is mapped to (RFC 4291, section 2.5.5.2). Default: none.</summary>
internal readonly record struct NativeAddress(ulong High, ulong Low)
{
    private const ulong Mapped = 0xFFFF_0000_0000;

    public bool IsIPv4 => High == 0 && Low >> 32 == Mapped >> 32;

    // Asked for each packet: what the compiler writes goes by comparer objects, which are made at the first question.
    public bool Equals(NativeAddress other) => Low == other.Low && High == other.High;

    public override int GetHashCode() => HashCode.Combine(High, Low);

    /// <summary>The four bytes of an IPv4 address as a number.</summary>
    public uint V4 => (uint)Low;

    /// <summary>None, 0.0.0.0 or [::].</summary>
    public bool IsUnspecified => (High | Low) == 0 || (IsIPv4 && V4 == 0);

    public bool IsLoopback => IsIPv4 ? V4 >> 24 == 127 : High == 0 && Low == 1;

    /// <summary>
    /// An address that means nothing elsewhere: RFC 1918, RFC 6598 (shared address space of carriers), RFC 3927 and RFC 4291 (link local), RFC 4193
    /// (unique local).
    /// </summary>
    public bool IsPrivate => IsIPv4
        ? V4 >> 24 == 10 || V4 >> 20 == 0xAC1 || V4 >> 16 == 0xC0A8 || V4 >> 22 == 0x6440 >> 6 || V4 >> 16 == 0xA9FE
        : High >> 57 == 0xFC >> 1 || High >> 54 == 0xFE80 >> 6;

    public static NativeAddress FromV4(uint address) => new(0, Mapped | address);

    /// <summary>None for null. The scope of a link-local address is not kept: media is not sent to one.</summary>
    public static NativeAddress From(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    public void Write(Span<byte> sixteen)
    {
        BinaryPrimitives.WriteUInt64BigEndian(sixteen, High);
        BinaryPrimitives.WriteUInt64BigEndian(sixteen[8..], Low);
    }

    public IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(bytes);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }
}

/// <summary>
/// An address and port as plain numbers, and the only code that knows sockaddr_in (family in host order, port, address in network order, 8 bytes
/// of padding) and sockaddr_in6 (family, port, flow, 16 bytes of address, scope).
/// </summary>
internal readonly record struct NativeEndpoint(NativeAddress Address, ushort Port)
{
    /// <summary>Bytes of the longer one, a sockaddr_in6.</summary>
    public const int Size = 28;

    private const int SizeV4 = 16;

    /// <inheritdoc cref="NativeAddress.Equals(NativeAddress)"/>
    public bool Equals(NativeEndpoint other) => Port == other.Port && Address.Equals(other.Address);

    public override int GetHashCode() => HashCode.Combine(Address, Port);

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public int Length => Address.IsIPv4 ? SizeV4 : Size;

    public int Family => Address.IsIPv4 ? Libc.AF_INET : Libc.AF_INET6;

    /// <summary>False where there is nowhere to send: 0.0.0.0 (old hold, RFC 3264 section 8.4) or port 0.</summary>
    public bool CanBeSentTo => Port != 0 && !Address.IsUnspecified;

    public static NativeEndpoint From(IPEndPoint endpoint) => new(NativeAddress.From(endpoint.Address), (ushort)endpoint.Port);

    public IPEndPoint ToEndPoint() => new(Address.ToAddress(), Port);

    public static unsafe NativeEndpoint Read(byte* sockaddr)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(sockaddr + 2, 2));
        return *(ushort*)sockaddr == Libc.AF_INET
            ? new(NativeAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(sockaddr + 4, 4))), port)
            : new(new(BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(sockaddr + 8, 8)), BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(sockaddr + 16, 8))), port);
    }

    public unsafe void Write(byte* sockaddr)
    {
        *(ushort*)sockaddr = (ushort)Family;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(sockaddr + 2, 2), Port);
        if (Address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(sockaddr + 4, 4), Address.V4);
            *(ulong*)(sockaddr + 8) = 0;
            return;
        }
        *(uint*)(sockaddr + 4) = 0;
        Address.Write(new Span<byte>(sockaddr + 8, 16));
        *(uint*)(sockaddr + 24) = 0;
    }

    public override string ToString() => ToEndPoint().ToString();
}
