using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CallCenter.Media.Net;

namespace CallCenter.Media.Dtls;

/// <summary>
/// OpenSSL's way to the leg's socket: a BIO whose write is one datagram out and whose read is the one datagram that just
/// came in. Callbacks run on the media thread, inside the call into OpenSSL that causes them, and never throw.
/// </summary>
internal static unsafe class DatagramBio
{
    private const int Overhead = 28;

    // OpenSSL has about a hundred numbers for BIO types: one for the whole process.
    private static readonly Lazy<nint> Method = new(CreateMethod);

    private static nint CreateMethod()
    {
        var method = OpenSsl.BioMethodNew(OpenSsl.BioNewIndex() | OpenSsl.BIO_TYPE_SOURCE_SINK, "datagrams of a leg");
        if (method == 0
            || OpenSsl.BioMethodSetWrite(method, &Write) != 1
            || OpenSsl.BioMethodSetRead(method, &Read) != 1
            || OpenSsl.BioMethodSetControl(method, &Control) != 1)
        {
            throw new InvalidOperationException($"OpenSSL gives no BIO method: {OpenSsl.TakeError()}.");
        }
        return method;
    }

    public static nint Create(GCHandle session)
    {
        var bio = OpenSsl.BioNew(Method.Value);
        if (bio == 0)
        {
            throw new InvalidOperationException($"OpenSSL gives no BIO: {OpenSsl.TakeError()}.");
        }
        OpenSsl.BioSetData(bio, GCHandle.ToIntPtr(session));
        OpenSsl.BioSetInit(bio, 1);
        return bio;
    }

    private static DtlsSession SessionOf(nint bio) => (DtlsSession)GCHandle.FromIntPtr(OpenSsl.BioGetData(bio)).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* data, int length)
    {
        // A datagram that the kernel refused is lost like one on the way: the timer repeats it.
        SessionOf(bio).SendDatagram(data, length);
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* buffer, int size)
    {
        OpenSsl.BioClearFlags(bio, OpenSsl.BIO_FLAGS_READ | OpenSsl.BIO_FLAGS_SHOULD_RETRY);
        var length = SessionOf(bio).TakeDatagram(buffer, size);
        if (length < 0)
        {
            OpenSsl.BioSetFlags(bio, OpenSsl.BIO_FLAGS_READ | OpenSsl.BIO_FLAGS_SHOULD_RETRY);
        }
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, nint pointer) => command switch
    {
        OpenSsl.BIO_CTRL_FLUSH => 1,
        OpenSsl.BIO_CTRL_DGRAM_GET_MTU_OVERHEAD => Overhead,
        _ => 0,
    };
}
