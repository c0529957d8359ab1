using System.Net;
using System.Net.Sockets;
using CallCenter.Media;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Sdp;
using Microsoft.Extensions.Options;

namespace CallCenter.Telephony;

/// <summary>Section <c>Telephony</c>; fixed for the life of the process, checked at start with all errors at once.</summary>
internal sealed record TelephonyOptions
{
    public const string Section = "Telephony";

    /// <summary>Address that SIP and RTP listen on, or an IPv4 and an IPv6 one parted by a comma. Default: this machine only.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>UDP and TCP port of SIP; 0 lets the system choose. Default 5060 (RFC 3261).</summary>
    public int SipPort { get; init; } = 5060;

    /// <summary>TLS port of SIP, with the installation's certificate; 0 lets the system choose. Default: none.</summary>
    public int? SipTlsPort { get; init; }

    /// <summary>PEM file of the certificate that TLS shows. Default: one of the installation's own making.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file of its private key.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>
    /// Origins (scheme, host, port) of other sites whose pages may open <c>/sip</c>, parted by commas. Default: none but the own host.
    /// </summary>
    public string Origins { get; init; } = "";

    /// <summary>Browsers' sockets at once. Default 4000.</summary>
    public int SocketsMax { get; init; } = 4000;

    /// <summary>Browsers' sockets at once from one address: an office behind one has them all. Default 400.</summary>
    public int SocketsPerAddressMax { get; init; } = 400;

    /// <summary>A browser's socket that is not registered for this long, seconds, is closed. Default 5.</summary>
    public double RegisterSeconds { get; init; } = 5;

    /// <summary>Address told to peers in SDP, Via and Contact, or one of each family of Bind, parted by a comma. Default: that of Bind.</summary>
    public string? Advertise { get; init; }

    /// <summary>First RTP port; 0 lets the system choose. Default 20000.</summary>
    public int RtpFrom { get; init; } = 20000;

    /// <summary>Last RTP port. Default 29999: two ports a leg, so 5,000 legs.</summary>
    public int RtpTo { get; init; } = 29999;

    /// <summary>Threads that carry audio, a call's legs on one of them; 0, the default: one a core.</summary>
    public int MediaThreads { get; init; }

    /// <summary>A leg that sends no audio for this long, seconds, is lost. Default 20.</summary>
    public int MediaTimeoutSeconds { get; init; } = 20;

    /// <summary>
    /// An agent's browser that sends neither checks nor audio for this long, seconds, is lost: its caller is told so and waits for it. Default 10:
    /// shorter cuts heal by themselves, and nobody stays on a silent line for longer.
    /// </summary>
    public int BrowserTimeoutSeconds { get; init; } = 10;

    /// <summary>No offer rings longer, seconds, whatever the command asks. Default 120.</summary>
    public int RingSecondsMax { get; init; } = 120;

    /// <summary>Session timer of the calls that we place, seconds (RFC 4028): we refresh at its half, and what does not answer that is gone. Default 1800; at least 90.</summary>
    public int SessionSeconds { get; init; } = 1800;

    /// <summary>A call that no service controls for this long, seconds, gets its number's fallback. Default 2.</summary>
    public double ControlSeconds { get; init; } = 2;

    /// <summary>An accepted leg that is not connected for this long, seconds, is ended. Default 5.</summary>
    public double ConnectSeconds { get; init; } = 5;

    /// <summary>
    /// When the process is told to stop, the time that live calls have to end by themselves, seconds; meanwhile new ones get 503. Default 0: they are
    /// ended at once, as somebody at a terminal wants it.
    /// </summary>
    public int DrainSeconds { get; init; }

    /// <summary>The most of it: a day.</summary>
    internal const int DrainSecondsMax = 86_400;

    /// <summary>Disk for events and recording blocks that cannot leave, megabytes. Above it new calls are refused. Default 4096: about 70 hours of recordings.</summary>
    public int SpoolMegabytesMax { get; init; } = 4096;

    /// <summary>Disk for cached clips, megabytes; the longest unused go first. Default 512.</summary>
    public int ClipMegabytesMax { get; init; } = 512;

    /// <summary>
    /// SIP messages a second that are read from one address outside of all trunks; more are dropped. Default 200: an office of some hundred phones.
    /// </summary>
    public int MessagesPerSecondMax { get; init; } = 200;

    /// <summary>
    /// Networks in CIDR form, parted by commas, from which phones may register by UDP and TCP; from elsewhere TLS is needed (browsers have HTTPS).
    /// Trunks' networks count too. Default: this machine and private networks (RFC 1918, 3927, 4193, 4291).
    /// </summary>
    public string PhoneNetworks { get; init; } = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,169.254.0.0/16,::1/128,fc00::/7,fe80::/10";

    /// <summary>
    /// Networks in CIDR form, parted by commas, of SIP load balancers before this gateway: what comes from there is judged by the address that they
    /// report. Default: none.
    /// </summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>Which of several gateways this is. The first, 0, registers at trunks that want it: a trunk would call all that do. Default: 0.</summary>
    public int Ordinal { get; init; }

    /// <summary>
    /// Beginnings of premium-rate and satellite numbers, parted by commas: no tenant calls them without its own leave. Default: the world's own
    /// (ITU: +870, +878, +881, +882, +883, +979), and those of countries where call centres are.
    /// </summary>
    public string PremiumPrefixes { get; init; } =
        "+870,+878,+881,+882,+883,+979,+1900,+31900,+31906,+31909,+3290,+3389,+34803,+34806,+34807,+358600,+358700,+372900,+37190,+370900,+3989,+41900,+41901,+41906,+43900,+43930,"
        + "+4490,+4491,+4498,+4590,+46900,+46939,+46944,+47820,+47829,+4870,+49900";

    /// <summary>What a number of another country begins with when it is not written with "+". Default 00.</summary>
    public string InternationalPrefix { get; init; } = "00";

    /// <summary>What a number of one's own country begins with. Default 0; empty where there is none.</summary>
    public string NationalPrefix { get; init; } = "0";

    /// <summary>The own country's, as numbers outside are compared with prefixes. Default +358.</summary>
    public string CountryCode { get; init; } = "+358";

    /// <summary>SIP messages kept of one contact for its ladder; 0 keeps none. Default 100: a transferred call has some 40.</summary>
    public int LadderMessagesMax { get; init; } = 100;

    /// <summary>
    /// Digest algorithms offered to phones, the preferred first: "MD5", "SHA-256" or "SHA-256,MD5". Default MD5: many phones (and sipp 3.6,
    /// baresip 1.0) stumble over a challenge they do not know.
    /// </summary>
    public string Digest { get; init; } = "MD5";

    /// <summary>
    /// Codecs before G.711 towards browsers, the preferred first: "opus", "G722" or both. Default none. Opus makes up for the losses of home
    /// networks and costs some 0.2 ms of CPU a packet that is sent (a hundredth of a core a call).
    /// </summary>
    public string BrowserCodecs { get; init; } = "";

    public IReadOnlyList<SdpCodec> BrowserSdpCodecs =>
        [.. BrowserCodecNames.Select(n => CodecNames.TryParse(n, out var c) ? c : throw new FormatException($"Telephony:BrowserCodecs '{n}' is not known"))];

    internal string[] BrowserCodecNames => BrowserCodecs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<DigestAlgorithm> DigestAlgorithms =>
        [.. DigestNames.Select(n => DigestMath.TryAlgorithm(n, out var a) ? a : throw new FormatException($"Telephony:Digest '{n}' is not known"))];

    internal string[] DigestNames => Digest.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal IEnumerable<IPNetwork> TrustedPhoneNetworks => Parted(PhoneNetworks).Select(n => IPNetwork.Parse(n));

    internal IEnumerable<IPNetwork> TrustedProxyNetworks => Parted(TrustedProxies).Select(n => IPNetwork.Parse(n));

    internal IEnumerable<string> PremiumPrefixList => Parted(PremiumPrefixes);

    internal static string[] Parted(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal string[] OriginNames => Origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One address, or one of each family.</summary>
    public IReadOnlyList<IPAddress> BindAddresses => [.. Parted(Bind).Select(IPAddress.Parse)];

    /// <summary>Told to peers of that family; where we have no address of it, the one that we have.</summary>
    public IPAddress AdvertisedTo(AddressFamily family)
    {
        var all = Parted(Advertise ?? Bind).Select(IPAddress.Parse).ToList();
        return all.Find(a => a.AddressFamily == family) ?? all[0];
    }

    /// <summary>In URIs that name us to people and carry no media.</summary>
    public string AdvertisedHost => SipUri.HostPort(AdvertisedTo(BindAddresses[0].AddressFamily).ToString(), 0);
}

/// <summary>Finds every fault of the options at once.</summary>
internal sealed class TelephonyOptionsValidator : IValidateOptions<TelephonyOptions>
{
    public ValidateOptionsResult Validate(string? name, TelephonyOptions o)
    {
        var faults = Faults(o).Select(f => $"Telephony:{f}").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(TelephonyOptions o)
    {
        var (bind, advertise) = (Families(o.Bind), o.Advertise is null ? null : Families(o.Advertise));
        if (bind is null)
        {
            yield return $"Bind '{o.Bind}' is not an address, nor an IPv4 and an IPv6 one parted by a comma: give those of this machine";
        }
        if (o.Advertise is not null && (advertise is null || advertise.Values.Any(IsAny)))
        {
            yield return $"Advertise '{o.Advertise}' is not an address that peers can reach, or one of each family parted by a comma";
        }
        else if (bind is not null && advertise is not null && !bind.Keys.ToHashSet().SetEquals(advertise.Keys))
        {
            yield return $"Advertise '{o.Advertise}' and Bind '{o.Bind}' are not of the same families: give an address for each of Bind";
        }
        if (o.Advertise is null && bind is not null && bind.Values.Any(IsAny))
        {
            yield return $"Advertise is needed when Bind is {o.Bind}: give the address that peers reach";
        }
        if (o.SipPort is < 0 or > 65535)
        {
            yield return $"SipPort {o.SipPort} is not within 0 to 65535";
        }
        if (o.SipTlsPort is < 0 or > 65535)
        {
            yield return $"SipTlsPort {o.SipTlsPort} is not within 0 to 65535";
        }
        if ((o.Certificate is null) != (o.CertificateKey is null))
        {
            yield return "Certificate and CertificateKey belong together: give both or neither";
        }
        foreach (var origin in o.OriginNames.Where(n => !Uri.TryCreate(n, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != n))
        {
            yield return $"Origins '{origin}' is no origin: give scheme, host and port, such as https://desk.example.org";
        }
        if (o.RtpFrom != 0 && (o.RtpFrom < 1024 || o.RtpTo > 65535 || o.RtpTo <= o.RtpFrom))
        {
            yield return $"RtpFrom {o.RtpFrom} to RtpTo {o.RtpTo} is not a range within 1024 to 65535";
        }
        if (o.DigestNames is var names && (names.Length == 0 || !names.All(n => DigestMath.TryAlgorithm(n, out _))))
        {
            yield return $"Digest '{o.Digest}' is not known: give MD5, SHA-256 or both, the preferred first";
        }
        foreach (var network in TelephonyOptions.Parted(o.PhoneNetworks).Where(n => !IPNetwork.TryParse(n, out _)))
        {
            yield return $"PhoneNetworks '{network}' is no network in CIDR form, such as 192.0.2.0/24";
        }
        foreach (var network in TelephonyOptions.Parted(o.TrustedProxies).Where(n => !IPNetwork.TryParse(n, out _)))
        {
            yield return $"TrustedProxies '{network}' is no network in CIDR form, such as 192.0.2.10/32";
        }
        foreach (var prefix in o.PremiumPrefixList.Append(o.CountryCode).Where(p => p.Length < 2 || p[0] != '+' || p.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        {
            yield return $"PremiumPrefixes and CountryCode: '{prefix}' is no beginning of a number, such as +979";
        }
        foreach (var codec in o.BrowserCodecNames.Where(n => !CodecNames.TryParse(n, out _)))
        {
            yield return $"BrowserCodecs '{codec}' is not known or its library (libopus.so.0) is not installed: give opus, G722 or nothing";
        }
        foreach (var (key, value, least, most) in Ranges(o).Where(r => r.Value < r.Least || r.Value > r.Most))
        {
            yield return $"{key} {value} is not within {least} to {most}";
        }
    }

    private static IEnumerable<(string Key, double Value, double Least, double Most)> Ranges(TelephonyOptions o) =>
    [
        ("MediaThreads", o.MediaThreads, 0, MediaOptions.ThreadsMax),
        ("MediaTimeoutSeconds", o.MediaTimeoutSeconds, 1, 3600),
        ("BrowserTimeoutSeconds", o.BrowserTimeoutSeconds, 1, 3600),
        ("RingSecondsMax", o.RingSecondsMax, 1, 180),
        ("SessionSeconds", o.SessionSeconds, 90, 86_400),
        ("Ordinal", o.Ordinal, 0, 9_999),
        ("ControlSeconds", o.ControlSeconds, 0.1, 60),
        ("SocketsMax", o.SocketsMax, 1, 100_000),
        ("SocketsPerAddressMax", o.SocketsPerAddressMax, 1, 100_000),
        ("RegisterSeconds", o.RegisterSeconds, 0.1, 60),
        ("ConnectSeconds", o.ConnectSeconds, 0.1, 60),
        ("DrainSeconds", o.DrainSeconds, 0, TelephonyOptions.DrainSecondsMax),
        ("SpoolMegabytesMax", o.SpoolMegabytesMax, 16, 1 << 20),
        ("ClipMegabytesMax", o.ClipMegabytesMax, 1, 1 << 20),
        ("MessagesPerSecondMax", o.MessagesPerSecondMax, 10, 1_000_000),
        ("LadderMessagesMax", o.LadderMessagesMax, 0, 1000),
    ];

    /// <summary>The addresses of a list by their family; null when it is none, or has two of one.</summary>
    private static Dictionary<AddressFamily, IPAddress>? Families(string list)
    {
        var found = TelephonyOptions.Parted(list).Select(t => IPAddress.TryParse(t, out var a) && !a.IsIPv4MappedToIPv6 ? a : null).ToList();
        return found.Count is 1 or 2 && !found.Contains(null) && found.DistinctBy(a => a!.AddressFamily).Count() == found.Count ? found.ToDictionary(a => a!.AddressFamily, a => a!) : null;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
