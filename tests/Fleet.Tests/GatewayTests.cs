using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CallCenter.EndToEnd;
using CallCenter.TestKit;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.Fleet.Tests;

/// <summary>An agent's browser, whose connection one gateway holds, and callers at both: Chromium with JsSIP behind nginx, callers behind Kamailio.</summary>
[Trait("needs", "server")]
public sealed class GatewayTests(CentreFixture fixture)
{
    private const double Caller = 440, Agent = 1000, HoldTune = 261.6;
    private const int CallsMax = 6;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30), Settled = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_browser_is_called_by_either_gateway_and_either_side_ends()
    {
        var center = await fixture.Center();
        await using var agent = await BrowserAgent.Begin(center, "browsered", "+358911000108");
        var gateways = new HashSet<string>();
        // They come to the gateways in turn, but for one that Kamailio has just found slow.
        for (var callerEnds = true; gateways.Count < 2; callerEnds = !callerEnds)
        {
            agent.Calls.ShouldBeLessThan(CallsMax, "calls, and all at one gateway");
            await using var call = await agent.Call();
            await agent.Browser.Hold(true);
            await call.Audio.Hears(HoldTune, Soon);
            await agent.Browser.Hold(false);
            await agent.Talk(call);
            if (callerEnds)
            {
                call.HangUp();
            }
            else
            {
                await agent.Browser.HangUp();
            }
            await agent.Browser.Ends(Soon);
            gateways.Add((await agent.Ended()).Events.Single(e => e.Type == "CallArrived").Source);
        }
    }

    [Fact]
    public async Task A_conversation_goes_on_when_the_gateway_of_the_browsers_connection_dies_and_the_next_call_comes()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        await fleet.AllWell(Settled);
        await using var agent = await BrowserAgent.Begin(center, "browserless", "+358911000109");
        var call = await agent.Call();
        var (anchor, edge) = await Gateways(fleet, agent);
        while (anchor == edge)
        {
            agent.Calls.ShouldBeLessThan(CallsMax, "calls, and all at the gateway of the browser");
            call.HangUp();
            await agent.Browser.Ends(Soon);
            await agent.Ended();
            await call.DisposeAsync();
            call = await agent.Call();
            (anchor, edge) = await Gateways(fleet, agent);
        }

        await fleet.Kill(edge, TimeSpan.FromSeconds(5));
        await agent.Talk(call);
        await fleet.AllWell(Settled);
        await agent.Talk(call);
        call.HangUp();
        await agent.Browser.Ends(Soon);
        (await agent.Ended()).Termination.ShouldBe("Completed");
        await call.DisposeAsync();

        await using var next = await agent.Call();
        next.HangUp();
        await agent.Browser.Ends(Soon);
    }

    /// <summary>The gateway that has the call and the one that holds the browser's connection.</summary>
    private static async Task<(string Anchor, string Edge)> Gateways(FleetControl fleet, BrowserAgent agent)
    {
        var all = (await fleet.Members()).Where(m => m.Name.StartsWith("telephony-", StringComparison.Ordinal)).ToList();
        return (await Which("calls", item => (string?)item["tenant"] == agent.Tenant.ToString()),
            await Which("registrations", item => (string?)item["agent"] == agent.Id.ToString() && item["device"] is not null));

        async Task<string> Which(string list, Func<JsonNode, bool> has)
        {
            foreach (var gateway in all)
            {
                var items = await agent.Supervisor.Http.GetFromJsonAsync<JsonObject>(new Uri(new Uri(gateway.Address!), $"/api/telephony/{list}"));
                if (items!["items"]!.AsArray().Any(item => has(item!)))
                {
                    return gateway.Name;
                }
            }
            throw new InvalidOperationException($"no gateway has it among its {list}");
        }
    }

    /// <summary>An agent at a browser, alone in a tenant of its own, and who calls it.</summary>
    private sealed class BrowserAgent : IAsyncDisposable
    {
        private readonly TestTenant tenant;
        private readonly TestCaller callers;
        private readonly Api api;

        private BrowserAgent(RunningCenter center, TestTenant tenant, Api api, Api supervisor, JsSip browser, Guid id)
        {
            (this.tenant, this.api, Supervisor, Browser, Id) = (tenant, api, supervisor, browser, id);
            callers = new TestCaller(center.Sip);
        }

        public Guid Id { get; }

        public Guid Tenant => tenant.Id;

        public Api Supervisor { get; }

        public JsSip Browser { get; }

        /// <summary>So many came.</summary>
        public int Calls { get; private set; }

        public static async Task<BrowserAgent> Begin(RunningCenter center, string name, string number)
        {
            var tenant = await TestTenant.Make(center, name, number, agents: 1);
            var api = await tenant.SignIn(tenant.Agents[0]);
            var id = (await api.Agent(tenant.Agents[0].User)).Id;
            var sip = await api.Post("/api/sign-in/sip", new { });
            var browser = await JsSip.Register(center.Address, (string)sip["uri"]!, (string)sip["token"]!, Agent);
            await api.SetStatus(id, "Available");
            return new(center, tenant, api, await tenant.SignIn(tenant.Supervisor), browser, id);
        }

        /// <summary>A caller who comes through the menu to the agent, both hear the other.</summary>
        public async Task<PhoneCall> Call()
        {
            await Eventually.Get("the agent idle", Soon, () => api.Agent(tenant.Agents[0].User), a => a.State == "Idle");
            var call = await callers.Call(tenant.Number, $"+35840500000{Calls++}").WhenAnswered(Soon);
            await call.Audio.HearsAnything.WaitAsync(Soon);
            call.Audio.Press('1');
            await Talk(call);
            return call;
        }

        public Task Talk(PhoneCall call) => Task.WhenAll(call.Audio.Hears(Agent, Soon), Browser.Hears(Caller, Soon));

        /// <summary>The last contact, when all of them have ended.</summary>
        public async Task<ContactDetail> Ended()
        {
            var all = await Eventually.Get("every contact ended", Soon, () => tenant.Contacts(Supervisor), c => c.Count == Calls && c.All(i => i.EndedAt is not null));
            var contact = await Supervisor.Contact(all.MaxBy(c => c.EndedAt)!.Id);
            contact.ShouldAddUp();
            return contact;
        }

        public async ValueTask DisposeAsync()
        {
            await api.SetStatus(Id, "LoggedOut");
            await Browser.DisposeAsync();
            await callers.DisposeAsync();
            Supervisor.Dispose();
            api.Dispose();
        }
    }
}
