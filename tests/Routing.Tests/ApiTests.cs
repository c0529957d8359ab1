using System.Net;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

[Trait("needs", "server")]
public class ApiTests(PostgresFixture postgres)
{
    private readonly Guid other = Guid.NewGuid();

    [Fact]
    public async Task An_agent_is_set_up_chooses_a_status_and_sees_only_itself()
    {
        await using var host = await Start();
        var (agent, colleague) = (Guid.NewGuid(), Guid.NewGuid());
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        foreach (var (id, user) in new[] { (agent, "aino"), (colleague, "bertil") })
        {
            await administrator.Put($"/api/agents/{id}", new { user, name = user, skills = new Dictionary<string, int> { ["fi"] = 3 } });
        }

        using var self = host.Http(agent, Role.Agent);
        var changed = await self.Put($"/api/agents/{agent}/status", new { status = "Available" });
        ((string?)changed["status"], (string?)changed["state"]).ShouldBe(("Available", "Unreachable"), "there is no phone");
        (await self.Get("/api/agents"))["items"]!.AsArray().Select(item => (string?)item!["user"]).ShouldBe(["aino"]);
        using var supervisor = host.Http(Guid.NewGuid(), Role.Supervisor);
        (await supervisor.Get("/api/agents"))["items"]!.AsArray().Count.ShouldBe(2);
        await self.Get($"/api/agents/{colleague}", HttpStatusCode.NotFound);
        await self.Put($"/api/agents/{colleague}/status", new { status = "LoggedOut" }, HttpStatusCode.NotFound);
        await supervisor.Put($"/api/agents/{colleague}/status", new { status = "Break", reason = "Lunch" }, HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_agents_line_stays_open_by_its_own_choice_or_a_supervisors_and_each_choice_is_told_with_who_made_it()
    {
        await using var host = await Start();
        var (agent, colleague, watcher) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var settings = new { user = "aino", name = "Aino" };
        await administrator.Put($"/api/agents/{agent}", settings);
        using var self = host.Http(agent, Role.Agent);
        using var other = host.Http(colleague, Role.Agent);
        using var supervisor = host.Http(watcher, Role.Supervisor);
        ((bool)(await self.Get($"/api/agents/{agent}"))["standingLeg"]!).ShouldBeFalse();
        ((bool)(await self.Put($"/api/agents/{agent}/standing-leg", new { wanted = true }))["standingLeg"]!).ShouldBeTrue();
        await other.Put($"/api/agents/{agent}/standing-leg", new { wanted = false }, HttpStatusCode.NotFound);
        await administrator.Put($"/api/agents/{agent}", settings);
        ((bool)(await supervisor.Get("/api/agents"))["items"]![0]!["standingLeg"]!).ShouldBeTrue("what an administrator sets besides leaves it");
        await supervisor.Put($"/api/agents/{agent}/standing-leg", new { wanted = false });
        await Eventually.Be(() => Choices().Count() == 2);
        Choices().Select(e => (e.Current.StandingLeg, e.By)).ShouldBe([(true, agent.ToString()), (false, watcher.ToString())]);

        IEnumerable<AgentChanged> Choices() => host.Ledger.Of(agent).OfType<AgentChanged>().Where(e => e.Cause == "StandingLegChosen");
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var agent = await administrator.Put($"/api/agents/{Guid.NewGuid()}", new
        {
            user = "", name = "x", skills = new Dictionary<string, int> { ["fi"] = 6 }, queues = new[] { new { queue = Guid.NewGuid(), priority = 100 } },
        }, HttpStatusCode.BadRequest);
        agent["errors"]!.AsArray().Count.ShouldBe(3);
        var queue = await administrator.Put($"/api/queues/{Guid.NewGuid()}", new { tenant = Guid.Empty, name = "", wrapUpSeconds = -1 }, HttpStatusCode.BadRequest);
        queue["errors"]!.AsArray().Count.ShouldBe(3);
        var status = await administrator.Put($"/api/agents/{Guid.NewGuid()}/status", new { status = "Asleep" }, HttpStatusCode.BadRequest);
        ((string?)status["detail"]).ShouldNotBeNull().ShouldContain("Available");
        var number = await administrator.Put($"/api/agents/{Guid.NewGuid()}/status", new { status = "77" }, HttpStatusCode.BadRequest);
        ((string?)number["detail"]).ShouldNotBeNull().ShouldContain("Available");
    }

    [Fact]
    public async Task Queues_are_seen_by_those_of_their_tenant_alone()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        await administrator.Put($"/api/queues/{Guid.NewGuid()}", new { tenant = RoutingHost.Tenant, name = "Sales", wrapUpSeconds = 3 });
        await administrator.Put($"/api/queues/{Guid.NewGuid()}", new { tenant = other, name = "Other" });
        using var client = host.Http(Guid.NewGuid(), Role.Client, RoutingHost.Tenant);
        var item = (await client.Get($"/api/queues?tenant={RoutingHost.Tenant}"))["items"]!.AsArray().Single()!;
        ((string?)item["name"], (int)item["waiting"]!, (int)item["wrapUpSeconds"]!).ShouldBe(("Sales", 0, 3));
        await client.Get($"/api/queues?tenant={other}", HttpStatusCode.NotFound);
        await client.Get("/api/agents", HttpStatusCode.Forbidden);
        using var stranger = new TestUser(host.Address, null);
        await stranger.Get($"/api/queues?tenant={other}", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_queue_has_its_greeting_and_its_codes()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var path = $"/api/queues/{Guid.NewGuid()}";
        var codes = new[] { new { code = "sold", label = "Myyty" }, new { code = "later", label = "Soittaa uudelleen" } };
        await administrator.Put(path, new { tenant = RoutingHost.Tenant, name = "Sales", greeting = "Myynti, hyvää päivää.", codes });
        var item = (await administrator.Get($"/api/queues?tenant={RoutingHost.Tenant}"))["items"]!.AsArray().Single()!;
        ((string?)item["greeting"]).ShouldBe("Myynti, hyvää päivää.");
        item["codes"]!.AsArray().Select(code => ((string?)code!["code"], (string?)code["label"])).ShouldBe([("sold", "Myyty"), ("later", "Soittaa uudelleen")]);

        var wrong = new { tenant = RoutingHost.Tenant, name = "Sales", greeting = " ", codes = new[] { new { code = "a b", label = "x" }, new { code = "c", label = "" }, new { code = "C", label = "y" } } };
        (await administrator.Put(path, wrong, HttpStatusCode.BadRequest))["errors"]!.AsArray().Count.ShouldBe(4);
        var many = Enumerable.Range(0, 41).Select(i => new { code = $"c{i}", label = "x" });
        (await administrator.Put(path, new { tenant = RoutingHost.Tenant, name = "Sales", codes = many }, HttpStatusCode.BadRequest))["errors"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_queues_thresholds_are_told_with_each_entry()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var (queue, usual) = (Guid.NewGuid(), Guid.NewGuid());
        var set = await administrator.Put($"/api/queues/{queue}", new
        {
            tenant = RoutingHost.Tenant, name = "Sales", shortAbandonSeconds = 3, serviceLevel = new { percent = 90, seconds = 10 },
        });
        set["serviceLevel"]!.ToJsonString().ShouldBe("""{"percent":90,"seconds":10}""");
        var unset = await administrator.Put($"/api/queues/{usual}", new { tenant = RoutingHost.Tenant, name = "Service" });
        unset["serviceLevel"]!.ToJsonString().ShouldBe("""{"percent":80,"seconds":20}""");
        var wrong = await administrator.Put($"/api/queues/{usual}", new { tenant = RoutingHost.Tenant, name = "Service", serviceLevel = new { percent = 101, seconds = 0 } }, HttpStatusCode.BadRequest);
        wrong["errors"]!.AsArray().Count.ShouldBe(2);

        var call = await (await host.NewCall().Arrive()).Queue(queue);

        var queued = await host.Ledger.Wait<Contracts.Routing.ContactQueued>(call.Id);
        (queued.ShortAbandonMs, queued.ServiceLevelMs).ShouldBe((3_000, 10_000));
    }

    [Fact]
    public async Task A_waiting_contact_has_a_place_and_a_wait_once_the_queue_has_served_one()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(wrapUpMs: 0);
        var agent = await host.AddAgent(queue);
        var (first, second, third) = (await Waits(host, queue), await Waits(host, queue), await Waits(host, queue));
        using var service = host.Http(Guid.NewGuid(), Role.Service);
        var offer = await first.Offered();
        await first.Answer(offer);
        var before = await service.Get($"/api/queues/{queue}/place?contact={third.Id}");
        ((int)before["position"]!, (long?)before["estimatedWaitMs"]).ShouldBe((2, null));
        await first.AgentLegEnds(offer);
        await second.Answer(await second.Offered());

        var place = await service.Get($"/api/queues/{queue}/place?contact={third.Id}");
        ((int)place["position"]!, (int)place["agents"]!, (double)place["ahead"]!).ShouldBe((1, 1, 1.0));
        ((long?)place["estimatedWaitMs"]).ShouldNotBeNull().ShouldBeGreaterThan(0);
        await agent.Choose(Contracts.Routing.AgentStatus.Break);
        var longer = await service.Get($"/api/queues/{queue}/place?contact={third.Id}&toldMs=5&toldAgents=1&toldAhead=1");
        ((long?)longer["estimatedWaitMs"], (string?)longer["longer"]).ShouldBe((null, "AgentsLeft"));

        await service.Get($"/api/queues/{Guid.NewGuid()}/place?contact={third.Id}", HttpStatusCode.NotFound);
        await service.Get($"/api/queues/{queue}/place?contact={first.Id}", HttpStatusCode.NotFound);
        using var supervisor = host.Http(Guid.NewGuid(), Role.Supervisor);
        await supervisor.Get($"/api/queues/{queue}/place?contact={third.Id}", HttpStatusCode.Forbidden);
    }

    private static async Task<TestCall> Waits(RoutingHost host, Guid queue) => await (await host.NewCall().Arrive()).Queue(queue);

    [Fact]
    public async Task A_queue_of_another_tenant_cannot_be_taken_over()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var queue = Guid.NewGuid();
        await administrator.Put($"/api/queues/{queue}", new { tenant = RoutingHost.Tenant, name = "Sales" });
        await administrator.Put($"/api/queues/{queue}", new { tenant = other, name = "Mine" }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_disposition_ends_the_wrap_up_and_nothing_else()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var offer = await call.Offered();
        await call.Answer(offer);
        using var self = host.Http(agent.Id, Role.Agent);
        var disposition = new { contact = call.Id, code = "sold" };
        await self.Post($"/api/agents/{agent.Id}/disposition", disposition, HttpStatusCode.Conflict);
        await call.AgentLegEnds(offer);
        await self.Post($"/api/agents/{agent.Id}/disposition", disposition, HttpStatusCode.NoContent);
        await agent.Is(Contracts.Routing.AgentState.Idle);
        await self.Post($"/api/agents/{agent.Id}/disposition", disposition, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_desk_holds_retrieves_and_hangs_up_as_the_gateway_tells()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        using var self = host.Http(agent.Id, Role.Agent);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var offer = await call.Offered();
        await call.Ringing(offer);
        var order = new { contact = call.Id };
        // The gateway may have told the desk of the answer before it told Routing: it decides.
        await self.Post($"/api/agents/{agent.Id}/hang-up", order, HttpStatusCode.Accepted);
        (await host.Gateway.Command<EndLeg>(call.Id)).Leg.ShouldBe(offer.Leg);
        await call.Answer(offer);
        await agent.Is(AgentState.Talking);

        await self.Post($"/api/agents/{agent.Id}/hold", order, HttpStatusCode.Accepted);
        (await host.Gateway.Command<HoldLeg>(call.Id)).Leg.ShouldBe(offer.Leg);
        (await agent.Read()).State.ShouldBe(nameof(AgentState.Talking), "the gateway has not told it");
        await call.Telephony(new CallHeld(offer.Agent) { Leg = offer.Leg });
        await agent.Is(AgentState.Hold);
        await self.Post($"/api/agents/{agent.Id}/retrieve", order, HttpStatusCode.Accepted);
        await call.Telephony(new CallResumed(offer.Agent) { Leg = offer.Leg });
        await agent.Is(AgentState.Talking);

        using var supervisor = host.Http(Guid.NewGuid(), Role.Supervisor);
        await supervisor.Post($"/api/agents/{agent.Id}/hang-up", order, HttpStatusCode.Accepted);
        (await host.Gateway.Command<EndLeg>(call.Id, 2)).Leg.ShouldBe(offer.Leg);
        await call.AgentLegEnds(offer, LegEnd.Ended);
        await agent.Is(AgentState.WrapUp);
        var late = await self.Post($"/api/agents/{agent.Id}/hang-up", order, HttpStatusCode.Conflict);
        ((string?)late["detail"]).ShouldBe("The conversation is over: the agent is in wrap-up.");
    }

    [Fact]
    public async Task What_the_gateway_does_not_do_the_desk_is_told()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        await call.Answer(await call.Offered());
        await agent.Is(AgentState.Talking);
        using var self = host.Http(agent.Id, Role.Agent);
        foreach (var (outcome, status) in new[]
        {
            (CommandOutcome.Refused, HttpStatusCode.Conflict), (CommandOutcome.NoSuchLeg, HttpStatusCode.Conflict), (CommandOutcome.Expired, HttpStatusCode.ServiceUnavailable),
        })
        {
            host.Gateway.Answer = _ => outcome;
            await self.Post($"/api/agents/{agent.Id}/hold", new { contact = call.Id }, status);
        }

        await self.Post($"/api/agents/{agent.Id}/hold", new { contact = Guid.NewGuid() }, HttpStatusCode.NotFound);
        using var colleague = host.Http(Guid.NewGuid(), Role.Agent);
        await colleague.Post($"/api/agents/{agent.Id}/hold", new { contact = call.Id }, HttpStatusCode.NotFound);
        using var client = host.Http(Guid.NewGuid(), Role.Client, RoutingHost.Tenant);
        await client.Post($"/api/agents/{agent.Id}/hold", new { contact = call.Id }, HttpStatusCode.Forbidden);
    }

    private async Task<RoutingHost> Start()
    {
        var configuration = await postgres.NewConfiguration();
        RoutingHost.KeepOperatorSnapshot(configuration["Data:Folder"]!);
        return await RoutingHost.Start(configuration);
    }
}
