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

/// <summary>Kamailio 5.6 before the gateway.</summary>
[Trait("needs", "server")]
[Trait("soak", "interop")]
public sealed class KamailioInterop : IAsyncLifetime
{
    private const double PeerTone = InteropGateway.Peer;
    private static readonly TimeSpan Soon = InteropGateway.Soon;
    private InteropGateway at = null!;
    private Kamailio kamailio = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.Any(SocketType.Dgram));
        at = await InteropGateway.Start(proxy: address);
        kamailio = await Kamailio.Start(address, at.Gateway.Sip, at.Gateway.SipTls, at.Carrier.Address);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await at.DisposeAsync();
        await kamailio.DisposeAsync();
    }

    [Fact(Explicit = true)]
    public async Task Its_path_is_kept_with_the_registration()
    {
        await using var phone = await Linphone.Register(kamailio.Address, InteropGateway.User, InteropGateway.Password, PeerTone);
        await at.Registered();
        var binding = at.Gateway.Services.GetRequiredService<Registrations>().Of(at.Agent).ShouldHaveSingleItem();
        binding.Path.ShouldNotBeNull().ShouldContain($"{kamailio.Address}");
        binding.Flow.Remote.ShouldBe(kamailio.Address);
    }

    [Fact(Explicit = true)]
    public async Task A_number_outside_is_called_through_it()
    {
        await using var peer = await Linphone.Unregistered(kamailio.Address, "358401", PeerTone);
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
