using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip.Transports;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>JsSIP in Chromium, by WebSocket and DTLS-SRTP.</summary>
public sealed class JsSipInterop : InteropTest
{
    [Fact(Explicit = true)]
    public async Task It_registers_is_called_by_dtls_holds_and_its_keys_are_heard()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone.Hears);
        await Task.WhenAll(outer.Audio.HearsKey('7', Soon), phone.Press('7'));

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
    public async Task Its_keys_by_info_are_heard_and_it_hands_its_caller_on()
    {
        await using var phone = await Phone();
        var (outer, call, leg) = await Talking(phone.Hears);
        await Task.WhenAll(outer.Audio.HearsKey('8', Soon), phone.PressByInfo('8'));

        await phone.Transfer(InteropGateway.ColleagueUser);
        await at.HandOn(call, leg);
        await phone.Ends(Soon);
        var colleague = await at.ColleaguePhone.NextCall(Soon);
        await Task.WhenAll(outer.Audio.Hears(ColleagueTone, Soon), colleague.Audio.Hears(CallerTone, Soon));
    }

    [Fact(Explicit = true)]
    public async Task It_talks_by_wss_and_hands_its_caller_on_to_the_colleague_it_consults()
    {
        await using var phone = await Phone(at.Gateway.Https);
        at.Gateway.Services.GetRequiredService<Registrations>().Of(at.Agent).ShouldHaveSingleItem().Flow.Transport.ShouldBe(SipTransport.Wss);
        var (outer, call, leg) = await Talking(phone.Hears);
        var colleague = await Consulting(call, leg, phone.Hears);
        await phone.TransferToConsulted(InteropGateway.ColleagueUser);
        await HandedOn(call, leg, outer, colleague);
        await phone.Ends(Soon);
    }

    [Fact(Explicit = true)]
    public async Task It_answers_the_refresh_of_its_session_timer()
    {
        await using var phone = await Phone();
        var (_, call, _) = await Talking(phone.Hears);
        await at.Refreshed(call, LegRole.Agent, byUs: true);
        await phone.Hears(CallerTone, Soon);
    }

    [Fact(Explicit = true)]
    public async Task Its_own_call_is_refused()
    {
        await using var phone = await Phone();
        await phone.Call(RunningGateway.Number);
        await phone.Refused(403, Soon);
    }

    private async Task<JsSip> Phone(Uri? site = null)
    {
        var token = at.Gateway.Services.GetRequiredService<TokenIssuer>().IssueForSip(at.Agent, 1).Token;
        var phone = await JsSip.Register(site ?? at.Gateway.Http, $"sip:{at.Agent}@{RunningGateway.Realm}", token, PeerTone);
        await at.Registered();
        return phone;
    }
}
