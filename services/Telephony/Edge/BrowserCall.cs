using System.Net.Sockets;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Sdp;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// A call that an agent's browser places to the gateway itself: answered at once, over by either side's BYE or when the page is gone. Its
/// events come on the endpoint's loop and on the engine's event task; <see cref="Ended"/> comes once.
/// </summary>
internal sealed class BrowserCall : IStandingCall
{
    private readonly UasCall sip;
    private readonly DeviceWatch watch;
    private int ended;

    private BrowserCall(UasCall sip, LegMedia media, TimeSpan patience, TimeProvider clock)
    {
        (this.sip, Media) = (sip, media);
        watch = new DeviceWatch(patience, clock, () => End(LegEnd.Lost));
        sip.OnEvent = On;
    }

    public LegMedia Media { get; }

    /// <summary>The token's subject.</summary>
    public string User => sip.Request.FromUser;

    public Action<MediaEvent> Heard { get; set; } = _ => { };

    /// <summary>A key by INFO.</summary>
    public Action<char> Pressed { get; set; } = _ => { };

    /// <summary>The page put us on hold, or took us back, by a re-INVITE.</summary>
    public Action<bool> Held { get; set; } = _ => { };

    public Action<LegEnd> Ended { get; set; } = _ => { };

    /// <summary>Opens its media; null when it was refused: no ports, or an offer that does not fit.</summary>
    public static BrowserCall? Take(UasCall sip, string name, MediaEngine engine, TelephonyOptions options, TimeProvider clock)
    {
        BrowserCall? call = null;
        // A browser finds our address by checks, whatever way its socket comes: IPv4 where we have it.
        var media = LegMedia.TryOpen(
            engine, options.AdvertisedTo(AddressFamily.InterNetwork), name, null, e => call?.On(e), out _, LegMedia.SecurityFor(sip.Offer), options.BrowserSdpCodecs);
        if (media is null)
        {
            sip.Reject(503, retryAfterSeconds: Admission.RetryAfterSeconds);
            return null;
        }
        if (sip.Offer is null || media.Answer(sip.Offer) is SdpRefused)
        {
            media.Close();
            sip.Reject(488);
            return null;
        }
        return call = new BrowserCall(sip, media, TimeSpan.FromSeconds(options.BrowserTimeoutSeconds), clock);
    }

    /// <summary>Answers, once whoever takes its events is set.</summary>
    public void Answer()
    {
        Media.Connect(sip.Flow.Remote.Address);
        sip.Answer(Media.Description!);
    }

    /// <summary>Tells the page by INFO (RFC 6086).</summary>
    public void Tell(string news) => sip.SendInfo(StandingLeg.ContentType, news);

    /// <summary>A page hands on by the desk, and asks for nothing here.</summary>
    public void Transferred(bool done)
    {
    }

    public void SendKey(char digit, int durationMs) => sip.SendDtmf(digit, durationMs);

    public void End(LegEnd end)
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
        {
            watch.Stop();
            sip.Bye();
            Media.Close();
            Ended(end);
        }
    }

    private void On(MediaEvent e)
    {
        watch.On(e);
        Heard(e);
    }

    private void On(SipCallEvent e)
    {
        switch (e)
        {
            case CallOffer offer:
                Reoffered(offer);
                break;
            case CallRefer refer:
                refer.Reject(603);
                break;
            case CallInfo { Digit: { } digit }:
                Pressed(digit);
                break;
            case CallEnded x:
                End(x.Cause == SipEndCause.RemoteBye ? LegEnd.PartyHungUp : LegEnd.Lost);
                break;
        }
    }

    // An ICE restart after a cut, mostly.
    private void Reoffered(CallOffer offer)
    {
        if (offer.Sdp is null)
        {
            offer.Accept(Media.Offer(Media.Codec));
            return;
        }
        switch (Media.Answer(offer.Sdp))
        {
            case SdpAgreed agreed:
                offer.Accept(agreed.Local.ToString());
                Media.Connect(sip.Flow.Remote.Address);
                Held(agreed.Audio.IsHeld);
                break;
            case SdpRefused refused:
                offer.Reject(refused.Code);
                break;
        }
    }
}
