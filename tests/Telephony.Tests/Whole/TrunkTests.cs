using System.Net;
using CallCenter.Contracts.Tenancy;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Registration;
using CallCenter.Telephony.Tests.Running;
using CallCenter.Telephony.Trunks;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Calls outside by several trunks: priority, failover, our registration, and what the administrator sees.</summary>
[Trait("needs", "server")]
public sealed class TrunkTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly TestPhone second = TestPhone.Unregistered(1700);
    private readonly Registrar registrar = new(new RegistrarOptions { Realm = "carrier", Credentials = user => user == "acct" ? Ha1.From("acct", "carrier", "pw") : null, Algorithms = [DigestAlgorithm.Md5] }, TimeProvider.System);
    private readonly List<UasCall> refused = [];
    private SipEndpoint first = null!;
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;

    public async ValueTask InitializeAsync()
    {
        first = new SipEndpoint(
            new SipEndpointOptions { BindAddress = IPAddress.Loopback, Port = 0 },
            new SipHandlers
            {
                Invite = call =>
                {
                    refused.Add(call);
                    call.Reject(503);
                },
                Error = _ => { },
                Registrar = registrar,
            },
            TimeProvider.System);
        first.Start();
        var setup = new Setup();
        setup.MoreTrunks = () =>
        [
            new("a-second", [], 10, 10, second.Address.ToString()) { Destinations = ["+3589"], Priority = 2 },
            new("b-first", [], 10, 10, first.LocalEndPoint.ToString()) { Destinations = ["+3589"], Priority = 1, Account = new TrunkAccount("acct", setup.Keys!.Seal("pw"), null, true) },
            new("c-others", [], 10, 10, second.Address.ToString()) { Destinations = ["+3589", "+44"], Priority = 1, Tenants = [setup.OtherTenant] },
        ];
        gateway = await RunningGateway.Start(folder.Path, setup);
        caller = new TestCaller(gateway.Sip);
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
        folder.Dispose();
    }

    private LiveTrunk Of(string name) => gateway.Services.GetRequiredService<TrunkWatch>().All.Single(t => t.Name == name);

    [Fact]
    public async Task We_register_and_a_call_that_the_first_trunk_refuses_goes_by_the_second()
    {
        await Eventually.Be(() => gateway.Services.GetRequiredService<TrunkWatch>().All is { Count: 3 } all && all.All(t => t.IsUp && t.LastCode == 200));
        (Of("b-first").Registration, Of("a-second").Registration).ShouldBe((200, null));
        registrar.Find("acct").ShouldHaveSingleItem();

        await using var outer = caller.Call(RunningGateway.Number);
        var call = await gateway.Answered();
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new DialNumber(leg, "+358912345", 20_000));
        var inner = await second.NextCall(Soon);
        inner.Incoming!.Request.RequestUri.ShouldStartWith("sip:+358912345@");
        await gateway.Events.Next<NumberAnswered>(call.Contact);
        refused.ShouldHaveSingleItem(); // priority 1, though its name comes later; the other tenant's trunk was not tried
        (await gateway.Order(call, 0, new DialNumber(Guid.CreateVersion7(), "+4420", 20_000))).Detail!.ShouldContain("no trunk allows calls to +4420");
        outer.HangUp();
        await gateway.Events.Whole(call.Contact);
    }

    [Fact]
    public async Task At_the_stop_our_registration_ends()
    {
        await Eventually.Be(() => registrar.Find("acct").Count == 1);
        await gateway.Stop();
        registrar.Find("acct").ShouldBeEmpty();
    }
}
