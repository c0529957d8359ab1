using System.Net;
using System.Net.Sockets;
using CallCenter.Media;
using CallCenter.Sip.Transports;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// The audio of a leg while several devices ring: those without protection share one, each of the others has its own keys and port.
/// The device that answers keeps its own, the rest are closed.
/// </summary>
internal sealed class RingingMedia(CallServices services, LegMedia? caller, Action<LegMedia, MediaEvent> onEvent)
{
    private readonly List<LegMedia> open = [];
    private readonly Dictionary<AddressFamily, LegMedia?> plain = [];

    /// <summary>How a device is called: a browser by DTLS, a phone that registered by TLS by SDES, else plain.</summary>
    public static MediaSecurity Of(SipTransport transport) => transport switch
    {
        SipTransport.Ws or SipTransport.Wss => MediaSecurity.Dtls,
        SipTransport.Tls => MediaSecurity.Sdes,
        _ => MediaSecurity.None,
    };

    /// <summary>For the offer of a device whose signalling has that address; null when it cannot be opened.</summary>
    public LegMedia? For(MediaSecurity security, IPAddress source)
    {
        // A browser finds our address by checks, whatever way its socket comes: IPv4 where we have it.
        var family = security == MediaSecurity.Dtls || source.IsIPv4MappedToIPv6 ? AddressFamily.InterNetwork : source.AddressFamily;
        if (security != MediaSecurity.None)
        {
            return Open(security, family);
        }
        if (!plain.TryGetValue(family, out var shared))
        {
            plain[family] = shared = Open(security, family);
        }
        return shared;
    }

    /// <summary>Closes all but that.</summary>
    public void Keep(LegMedia? winner)
    {
        foreach (var other in open.Where(m => m != winner))
        {
            other.Close();
        }
        open.RemoveAll(m => m != winner);
    }

    public void Close() => Keep(null);

    private LegMedia? Open(MediaSecurity security, AddressFamily family)
    {
        LegMedia? media = null;
        var preferred = security == MediaSecurity.Dtls ? services.Options.BrowserSdpCodecs : [];
        media = LegMedia.TryOpen(services.Media, services.Options.AdvertisedTo(family), "agent", caller, e => onEvent(media!, e), out _, security, preferred);
        if (media is not null)
        {
            open.Add(media);
        }
        return media;
    }
}
