using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>What is asked of every make of telephone, as an agent's phone and as a caller.</summary>
public abstract class PhoneInterop : InteropTest
{
    /// <summary>The peer registered as the first agent's phone; secure: by TLS, and with no media but SRTP.</summary>
    private protected abstract Task<IPeerPhone> Phone(bool secure = false);

    /// <summary>The peer as somebody who calls.</summary>
    private protected abstract Task<IPeerPhone> Calling(bool secure = false);

    [Fact(Explicit = true)]
    public async Task It_registers_is_called_and_holds_and_each_hears_the_others_voice_and_keys()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone.Hears);

        await Task.WhenAll(outer.Audio.HearsKey('7', Soon), phone.Press('7'));
        outer.Audio.Press('5');
        await phone.HearsKey('5', Soon);

        await phone.Hold(true);
        await at.Events.Next<CallHeld>(call.Contact, e => e.Leg == leg, Soon);
        await outer.Audio.Hears(InteropGateway.HoldTune, Soon);
        await phone.Hold(false);
        await at.Events.Next<CallResumed>(call.Contact, e => e.Leg == leg, Soon);
        await Task.WhenAll(outer.Audio.Hears(PeerTone, Soon), phone.Hears(CallerTone, Soon));

        await phone.HangUp();
        (await at.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.PartyHungUp);
    }

    [Fact(Explicit = true)]
    public async Task It_calls_and_holds_and_each_hears_the_others_voice_and_keys()
    {
        await using var peer = await Calling();
        await peer.Call(RunningGateway.Number);
        var call = await at.Gateway.Answered(Soon);
        await at.Gateway.Done(call, 1, new Collect([at.Gateway.Tone(700, 60)], 1, "", 30_000, 30_000));
        await peer.Hears(700, Soon);
        await peer.Press('7');
        (await at.Events.Next<DigitsCollected>(call.Contact, within: Soon)).Digits.ShouldBe("7");

        var leg = await at.Gateway.Offer(call, at.ColleagueAgent);
        await at.Gateway.Connect(call, leg, within: Soon);
        var inner = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(inner.Audio.Hears(PeerTone, Soon), peer.Hears(ColleagueTone, Soon));
        await at.Gateway.Done(call, 0, new SendDigits(leg, "5"));
        await peer.HearsKey('5', Soon);

        await peer.Hold(true);
        await peer.HearsNothing(Soon);
        await peer.Hold(false);
        await Task.WhenAll(inner.Audio.Hears(PeerTone, Soon), peer.Hears(ColleagueTone, Soon));
        await peer.HangUp();
        await at.Events.Next<CallClosed>(call.Contact, within: Soon);
    }

    [Fact(Explicit = true)]
    public async Task It_hands_its_caller_on_to_a_colleague_unasked()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone.Hears);
        await phone.Transfer(InteropGateway.ColleagueUser);
        await at.HandOn(call, leg);
        await phone.Ends(Soon);
        var colleague = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(outer.Audio.Hears(ColleagueTone, Soon), colleague.Audio.Hears(CallerTone, Soon));
    }

    /// <summary>By TLS and SRTP, called and calling.</summary>
    private protected async Task TalksSecurely()
    {
        await using var phone = await Phone(secure: true);
        await Talking(phone.Hears);

        await using var peer = await Calling(secure: true);
        await peer.Call(RunningGateway.Number);
        await at.Connected(at.ColleagueAgent);
        var inner = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(inner.Audio.Hears(PeerTone, Soon), peer.Hears(ColleagueTone, Soon));
    }
}
