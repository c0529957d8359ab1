using System.Runtime.InteropServices;

namespace CallCenter.Media.Codecs;

/// <summary>The calls of libopus (RFC 6716) that a leg needs.</summary>
internal static unsafe partial class LibOpus
{
    private const string Library = "libopus.so.0";

    public const int OPUS_APPLICATION_VOIP = 2048;
    public const int OPUS_SET_BITRATE = 4002;
    public const int OPUS_SET_COMPLEXITY = 4010;
    public const int OPUS_SET_INBAND_FEC = 4012;
    public const int OPUS_SET_PACKET_LOSS_PERC = 4014;

    /// <summary>Is the library installed?</summary>
    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, typeof(LibOpus).Assembly, null, out _);

    [LibraryImport(Library, EntryPoint = "opus_encoder_create")]
    public static partial nint EncoderCreate(int rate, int channels, int application, int* error);

    [LibraryImport(Library, EntryPoint = "opus_encoder_destroy")]
    public static partial void EncoderDestroy(nint encoder);

    [LibraryImport(Library, EntryPoint = "opus_encoder_ctl")]
    public static partial int EncoderControl(nint encoder, int request, int value);

    [LibraryImport(Library, EntryPoint = "opus_encode")]
    public static partial int Encode(nint encoder, short* samples, int count, byte* output, int size);

    [LibraryImport(Library, EntryPoint = "opus_decoder_create")]
    public static partial nint DecoderCreate(int rate, int channels, int* error);

    [LibraryImport(Library, EntryPoint = "opus_decoder_destroy")]
    public static partial void DecoderDestroy(nint decoder);

    /// <summary>Without data it conceals; with <paramref name="fec"/> 1 it decodes what the packet says of the one before it.</summary>
    [LibraryImport(Library, EntryPoint = "opus_decode")]
    public static partial int Decode(nint decoder, byte* data, int length, short* samples, int count, int fec);
}
