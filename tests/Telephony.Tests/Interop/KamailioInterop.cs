using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>Kamailio 5.6 before the gateway, linphone behind it.</summary>
public sealed class KamailioInterop : LinphonePhones
{
    private protected override Task<InteropGateway> Begin() => InteropGateway.BehindKamailio();

    [Fact(Explicit = true)]
    public async Task Its_path_is_kept_with_the_registration()
    {
        await using var phone = await Phone(secure: false);
        await at.Registered();
        var binding = at.Gateway.Services.GetRequiredService<Registrations>().Of(at.Agent).ShouldHaveSingleItem();
        binding.Path.ShouldNotBeNull().ShouldContain($"{at.Sip}");
        binding.Flow.Remote.ShouldBe(at.Sip);
    }

    [Fact(Explicit = true)]
    public async Task A_number_outside_is_called_through_it()
    {
        await using var peer = await Calling(secure: false);
        await peer.Call(RunningGateway.Number);
        var (call, leg) = await at.Connected(at.ColleagueAgent);
        var number = Guid.CreateVersion7();
        await at.Gateway.Done(call, 0, new DialNumber(number, "+358912345", 20_000));
        await at.Events.Next<NumberAnswered>(call.Contact, within: Soon);
        var outside = await at.Carrier.NextCall(Soon);
        outside.Incoming!.Request.GetAll(HeaderId.RecordRoute).ShouldNotBeEmpty();
        await at.Gateway.Done(call, 0, new ConsultLeg(leg, number, null));
        await at.Gateway.Done(call, 0, new CompleteTransfer(leg));
        await Task.WhenAll(outside.Audio.Hears(PeerTone, Soon), peer.Hears(InteropGateway.Outside, Soon));
        outside.HangUp();
        await at.Events.Next<LegEnded>(call.Contact, e => e.Leg == number, Soon);
    }
}
