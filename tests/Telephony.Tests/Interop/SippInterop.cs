using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>sipp 3.6.</summary>
public sealed class SippInterop : SippPeers;

/// <summary>sipp 3.6 behind Kamailio 5.6.</summary>
public sealed class SippKamailioInterop : SippPeers
{
    private protected override Task<InteropGateway> Begin() => InteropGateway.BehindKamailio();
}

/// <summary>What is asked of sipp, before the gateway itself or a proxy: each message of its own is as its script says.</summary>
public abstract class SippPeers : InteropTest
{
    [Fact(Explicit = true)]
    public async Task Its_phone_registers_is_called_holds_presses_keys_and_hands_its_caller_on()
    {
        var script = new SippScript(InteropGateway.User).IsCalled()
            .OnCue().Presses('7')
            .OnCue().Reinvites("sendonly").OnCue().Reinvites("sendrecv")
            .OnCue().Asks("REFER", "202", $"Refer-To: <sip:{InteropGateway.ColleagueUser}@[remote_ip]>\n").IsAsked("NOTIFY", "SIP/2.0 100").IsAsked("NOTIFY", "SIP/2.0 200").IsAsked("BYE");
        await using var phone = await Registered(script);
        await using var wiretap = new RtpWiretap(phone.MediaPort);
        var (outer, call, leg) = await Talking(wiretap.Hears);

        // sipp's keys come with an SSRC of their own, which is another stream to the caller.
        await Task.WhenAll(outer.Audio.HearsKey('7', Soon), phone.Cue());
        outer.Audio.Press('5');
        await wiretap.HearsKey('5', Soon);

        await phone.Cue();
        await at.Events.Next<CallHeld>(call.Contact, e => e.Leg == leg, Soon);
        await outer.Audio.Hears(InteropGateway.HoldTune, Soon);
        await phone.Cue();
        await at.Events.Next<CallResumed>(call.Contact, e => e.Leg == leg, Soon);
        await Task.WhenAll(outer.Audio.Hears(PeerTone, Soon), wiretap.Hears(CallerTone, Soon));

        await phone.Cue();
        await at.HandOn(call, leg);
        await phone.Succeeds(Soon);
        var colleague = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(outer.Audio.Hears(ColleagueTone, Soon), colleague.Audio.Hears(CallerTone, Soon));
    }

    [Fact(Explicit = true)]
    public async Task It_calls_holds_and_each_hears_the_others_voice_and_keys()
    {
        var script = new SippScript("358401").Calls().OnCue().Presses('7').OnCue().Reinvites("sendonly").OnCue().Reinvites("sendrecv").OnCue().Asks("BYE", "200");
        await using var peer = await SippPeer.Start(at.Sip, RunningGateway.Number, script, PeerTone);
        await using var wiretap = new RtpWiretap(peer.MediaPort);
        var call = await at.Gateway.Answered(Soon);
        await Collects(call, wiretap);
        await peer.Cue();
        (await at.Events.Next<DigitsCollected>(call.Contact, within: Soon)).Digits.ShouldBe("7");

        var leg = await at.Gateway.Offer(call, at.ColleagueAgent);
        await at.Gateway.Connect(call, leg, within: Soon);
        var inner = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(inner.Audio.Hears(PeerTone, Soon), wiretap.Hears(ColleagueTone, Soon));
        await at.Gateway.Done(call, 0, new SendDigits(leg, "5"));
        await wiretap.HearsKey('5', Soon);

        await peer.Cue();
        await wiretap.HearsNothing(Soon);
        await peer.Cue();
        await wiretap.Hears(ColleagueTone, Soon);
        await peer.Cue();
        await peer.Succeeds(Soon);
        await at.Events.Next<CallClosed>(call.Contact, within: Soon);
    }

    [Fact(Explicit = true)]
    public async Task A_caller_without_telephone_event_presses_and_gets_keys_by_info()
    {
        var script = new SippScript("358401").Calls(SippScript.AudioWithoutKeys).OnCue().PressesByInfo('8').IsAsked("INFO", "Signal=5").Asks("BYE", "200");
        await using var peer = await SippPeer.Start(at.Sip, RunningGateway.Number, script, PeerTone);
        await using var wiretap = new RtpWiretap(peer.MediaPort);
        var call = await at.Gateway.Answered(Soon);
        await Collects(call, wiretap);
        await peer.Cue();
        (await at.Events.Next<DigitsCollected>(call.Contact, within: Soon)).Digits.ShouldBe("8");
        var leg = await at.Gateway.Offer(call, at.ColleagueAgent);
        await at.Gateway.Connect(call, leg, within: Soon);
        await at.Gateway.Done(call, 0, new SendDigits(leg, "5"));
        await peer.Succeeds(Soon);
    }

    [Fact(Explicit = true)]
    public async Task Its_phone_hands_its_caller_on_to_the_colleague_it_consults()
    {
        var script = new SippScript(InteropGateway.User).IsCalled()
            .OnCue().Asks("REFER", "202", $"Refer-To: <sip:{InteropGateway.ColleagueUser}@[remote_ip]?Replaces=consult%3Bto-tag%3Da%3Bfrom-tag%3Db>\n")
            .IsAsked("NOTIFY", "SIP/2.0 100").IsAsked("NOTIFY", "SIP/2.0 200").IsAsked("BYE");
        await using var phone = await Registered(script);
        await using var wiretap = new RtpWiretap(phone.MediaPort);
        var (outer, call, leg) = await Talking(wiretap.Hears);
        var colleague = await Consulting(call, leg, wiretap.Hears);

        await phone.Cue();
        await HandedOn(call, leg, outer, colleague);
        await phone.Succeeds(Soon);
    }

    /// <summary>It asks for too short a session (RFC 4028: 422 with the least), then for that, and refreshes it.</summary>
    [Fact(Explicit = true)]
    public async Task Its_session_timer_is_agreed_and_its_refresh_answered()
    {
        const string Asks = "Supported: timer\nSession-Expires: 90;refresher=uac\n";
        var script = new SippScript("358401").IsRefused(422, "Supported: timer\nSession-Expires: 30;refresher=uac\nMin-SE: 30\n")
            .Calls(more: Asks).Asks("UPDATE", "200", Asks).Asks("BYE", "200");
        await using var peer = await SippPeer.Start(at.Sip, RunningGateway.Number, script, PeerTone);
        await at.Gateway.Answered(Soon);
        await peer.Succeeds(Soon);
    }

    private Task<SippPeer> Registered(SippScript script) => SippPeer.Register(at.Sip, InteropGateway.User, InteropGateway.Password, script, PeerTone);

    private async Task Collects(CallArrived call, RtpWiretap wiretap)
    {
        await at.Gateway.Done(call, 1, new Collect([at.Gateway.Tone(700, 60)], 1, "", 30_000, 30_000));
        await wiretap.Hears(700, Soon);
    }
}
