using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Ladder;
using CallCenter.Telephony.Recorder;
using CallCenter.Telephony.Spool;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony;

/// <summary>What every call of this gateway works with.</summary>
internal sealed record CallServices(
    TelephonyOptions Options, Incarnation Incarnation, EventSpool Events, BlockSpool Blocks, MediaEngine Media, SipServer Sip,
    Registrations Registrations, StandingLegs Standing, OutboundTrunks Outbound, TrunkWatch Trunks, ClipCache Clips, TenantNames Names, TenantKeys Keys, Cards.PaymentClient Payments, Ladders Ladders, BanList Bans, TrustedProxies Proxies, TimeProvider Clock,
    ILogger<Anchor.Call> Logger)
{
    public RingEnds RingEnds { get; } = new(Clock, Registrations.TellReachable);

    public TimeSpan MediaTimeout => TimeSpan.FromSeconds(Options.MediaTimeoutSeconds);

    public TimeSpan BrowserTimeout => TimeSpan.FromSeconds(Options.BrowserTimeoutSeconds);
}
