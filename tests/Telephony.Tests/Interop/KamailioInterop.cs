using System.Net;
using System.Net.Sockets;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>Kamailio 5.6 before the gateway: linphone and the trunk's caller have it in the way of all that they send and get.</summary>
public sealed class KamailioInterop : LinphoneInterop
{
    private Kamailio kamailio = null!;

    private protected override IPEndPoint Server => kamailio.Address;

    private protected override IPEndPoint At(bool secure) => secure ? kamailio.Tls : kamailio.Address;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.Any(SocketType.Dgram));
        at = await InteropGateway.Start(proxy: address);
        kamailio = await Kamailio.Start(address, at.Gateway.Sip, at.Gateway.SipTls, at.Carrier.Address);
        await base.InitializeAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await kamailio.DisposeAsync();
    }

    [Fact]
    public async Task Its_path_is_kept_with_the_registration_and_is_the_route_to_the_phone()
    {
        await using var phone = await Phone(secure: false);
        await at.Registered();
        var binding = at.Gateway.Services.GetRequiredService<Registrations>().Of(at.Agent).ShouldHaveSingleItem();
        binding.Path.ShouldNotBeNull().ShouldContain($"{kamailio.Address}");
        binding.Flow.Remote.ShouldBe(kamailio.Address);
        await Talking(phone);
    }

    [Fact]
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
