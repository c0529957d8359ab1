using System.Diagnostics.CodeAnalysis;
using CallCenter.Media;
using CallCenter.Sip.Sdp;

namespace CallCenter.Telephony;

/// <summary>The codecs by their names in options, in descriptions and in the media engine.</summary>
internal static class CodecNames
{
    private static readonly (SdpCodec Sdp, AudioCodec Media)[] Known =
    [
        (SdpCodec.Pcma, AudioCodec.Pcma),
        (SdpCodec.Pcmu, AudioCodec.Pcmu),
        (SdpCodec.G722, AudioCodec.G722),
        (SdpCodec.Opus, AudioCodec.Opus),
    ];

    /// <summary>All that this machine can decode, the cheapest first.</summary>
    public static IReadOnlyList<SdpCodec> All { get; } = [.. Known.Where(k => PayloadFormat.IsSupported(k.Media)).Select(k => k.Sdp)];

    public static AudioCodec Of(SdpCodec codec) => Known.First(k => k.Sdp.Matches(codec)).Media;

    /// <summary>False for a name that is none of PCMA, PCMU, G722, opus, or whose library is not installed.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out SdpCodec? codec)
    {
        codec = All.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return codec is not null;
    }
}
