using System.Net.Http.Json;
using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Ivr.Prompts;
using CallCenter.TestKit;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Ivr.Tests.Calls;

/// <summary>Whole calls through inbox, database, outbox and commands, against a gateway that keeps epochs.</summary>
[Trait("needs", "server")]
public sealed class CallTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly FakeGateway _gateway = new();
    private readonly Told _told = new();
    private readonly Guid _flow = Guid.CreateVersion7(), _queue = Guid.CreateVersion7(), _lost = Guid.CreateVersion7();
    private IDictionary<string, string?> _configuration = null!;
    private ServiceHost _host = null!;
    private object? _place;
    private string? _asked;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _configuration = await postgres.NewConfiguration();
        await StartHost(null);
        using var admin = _host.As(Role.Administrator);
        var ids = new Dictionary<string, Guid> { ["Tervetuloa."] = Guid.CreateVersion7(), ["Paina yksi."] = Guid.CreateVersion7(), ["Näkemiin."] = Guid.CreateVersion7(), ["Hetki."] = _lost };
        foreach (var (text, id) in ids)
        {
            (await admin.PutAsJsonAsync($"/api/prompts/{id}", new { tenant = _gateway.Tenant, language = "fi", text }, Ct)).EnsureSuccessStatusCode();
        }

        (await admin.PutAsJsonAsync($"/api/flows/{_flow}", new
        {
            tenant = _gateway.Tenant, name = "Main", language = "fi", start = "greeting",
            steps = new Dictionary<string, object>
            {
                ["greeting"] = new { play = new { prompt = ids["Tervetuloa."], next = "menu" } },
                ["menu"] = new { menu = new { prompt = ids["Paina yksi."], options = new Dictionary<string, string> { ["1"] = "queue", ["2"] = "message" }, failed = "bye", attempts = 2 } },
                ["queue"] = new { queue = new { queue = _queue, agentLost = _lost } },
                ["message"] = new { voicemail = new { prompt = ids["Hetki."], maxSeconds = 30, silenceSeconds = 3 } },
                ["bye"] = new { hangUp = new { prompt = ids["Näkemiin."] } },
            },
        }, Ct)).EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task StartHost(ServiceHost? before)
    {
        _host = await ServiceHost.Start(_configuration, [_gateway.Tenant], builder =>
        {
            builder.Services.AddSingleton(_gateway);
            builder.Services.AddSingleton(_told);
            builder.AddIvr();
            builder.AddGatewayCommandConsumer<FakeGateway>(FakeGateway.Name);
            builder.AddTransientEvents<Told>("test", EventCatalog.From("Ivr"));
        }, app =>
        {
            app.MapIvr();
            app.MapGet("/api/queues/{id}/place", (HttpContext http) =>
            {
                _asked = http.Request.QueryString.Value;
                return _place is { } place ? Results.Ok(place) : Problems.NotFound("waiting contact");
            });
        }, before);
        _gateway.Host = _host;
        await _host.Get<ConfigurationSnapshots>("ivr").Complete(Ct);
    }

    private async Task Restart()
    {
        var before = _host;
        await before.DisposeAsync();
        await StartHost(before);
    }

    private Task<int> LiveCalls() => _host.Get<ServiceDatabase>("ivr").InTenant(_gateway.Tenant,
        (c, t) => c.ExecuteScalarAsync<int>("SELECT count(*) FROM calls", transaction: t), Ct);

    private async Task ToQueue()
    {
        var menu = await _gateway.ToMenu(_flow);
        await _gateway.Tell(new DigitsCollected(menu.CommandId, CollectOutcome.Complete, "1"));
        var music = await _gateway.Next<Play>();
        music.Loop.ShouldBeTrue();
        music.Clips.ShouldBe([_host.Get<AudioFiles>().Tune]);
        (await _told.Next<FlowStarted>()).ShouldSatisfyAllConditions(e => e.Version.ShouldBe(1), e => e.Sequence.ShouldBe(1));
        (await _told.Next<MenuChosen>()).Digit.ShouldBe("1");
        (await _told.Next<QueueRequested>()).ShouldSatisfyAllConditions(e => e.Queue.ShouldBe(_queue), e => e.Returning.ShouldBeFalse(), e => e.Sequence.ShouldBe(3));
    }

    private async Task Ended(FlowOutcome outcome)
    {
        var ended = await _told.Next<FlowEnded>();
        (ended.Outcome, ended.Final, ended.Source).ShouldBe((outcome, true, "ivr"));
    }

    [Fact]
    public async Task From_the_greeting_through_the_queue_and_an_agent_to_the_end()
    {
        await ToQueue();
        var leg = Guid.CreateVersion7();
        await _gateway.Hand(ControlHolder.Routing);
        await _gateway.Tell(new AgentAnswered(Guid.CreateVersion7()) { Leg = leg });
        await _gateway.Hand(ControlHolder.Ivr);
        await _gateway.Tell(new LegEnded(LegRole.Agent, null, LegEnd.PartyHungUp) { Leg = leg });
        await _gateway.Next<HangUp>();
        await Ended(FlowOutcome.AgentEnded);
        await _gateway.Tell(new LegEnded(LegRole.Caller, null, LegEnd.Ended));
        await _gateway.Tell(new CallClosed { Final = true });
        (await LiveCalls()).ShouldBe(0);
        _gateway.Idle.ShouldBeTrue();
    }

    [Fact]
    public async Task A_waiting_caller_hears_the_place_and_then_music_again()
    {
        var flow = Guid.CreateVersion7();
        using var admin = _host.As(Role.Administrator);
        (await admin.PutAsJsonAsync($"/api/flows/{flow}", new
        {
            tenant = _gateway.Tenant, name = "Told", language = "fi", start = "greeting",
            steps = new Dictionary<string, object>
            {
                ["greeting"] = new { play = new { prompt = _lost, next = "menu" } },
                ["menu"] = new { menu = new { prompt = _lost, options = new Dictionary<string, string> { ["1"] = "queue" }, failed = "queue" } },
                ["queue"] = new { queue = new { queue = _queue, announce = new { everySeconds = 10 } } },
            },
        }, Ct)).EnsureSuccessStatusCode();
        var menu = await _gateway.ToMenu(flow);
        _place = new { position = 3, estimatedWaitMs = 150_000, agents = 2, ahead = 2.5 };
        await _gateway.Tell(new DigitsCollected(menu.CommandId, CollectOutcome.Complete, "1"));
        (await _gateway.Next<Play>()).Loop.ShouldBeTrue();
        var announcement = await _gateway.Next<Play>();
        (announcement.Loop, announcement.Clips.Count).ShouldBe((false, 2));
        foreach (var clip in announcement.Clips)
        {
            (await admin.GetAsync(new Uri(clip.Url, UriKind.Relative), Ct)).EnsureSuccessStatusCode();
        }

        await _gateway.Tell(new PlayFinished(announcement.CommandId, PlayOutcome.Finished, 5_000));
        (await _gateway.Next<Play>()).Loop.ShouldBeTrue();
        await _told.Next<FlowStarted>();
        await _told.Next<MenuChosen>();
        await _told.Next<QueueRequested>();
        var told = await _told.Next<WaitAnnounced>();
        (told.Queue, told.Position, told.EstimatedWaitMs, told.Longer).ShouldBe((_queue, 3, 150_000, null));

        (await _gateway.Next<Play>()).Clips.ShouldBe(announcement.Clips, "the next announcement is due, and its sentences are kept");
        _asked.ShouldNotBeNull().ShouldContain("&toldMs=150000&toldAgents=2&toldAhead=2.5");
    }

    [Fact]
    public async Task A_lost_agent_brings_the_caller_back_to_the_queue()
    {
        await ToQueue();
        var leg = Guid.CreateVersion7();
        await _gateway.Hand(ControlHolder.Routing);
        await _gateway.Tell(new AgentAnswered(Guid.CreateVersion7()) { Leg = leg });
        await _gateway.Tell(new LegEnded(LegRole.Agent, null, LegEnd.Lost) { Leg = leg });
        await _gateway.Hand(ControlHolder.Ivr);
        var sorry = await _gateway.Next<Play>();
        (sorry.Loop, sorry.Epoch).ShouldBe((false, 3));
        (await _told.Next<QueueRequested>()).Returning.ShouldBeTrue();
        await _gateway.Tell(new PlayFinished(sorry.CommandId, PlayOutcome.Finished, 500));
        (await _gateway.Next<Play>()).Loop.ShouldBeTrue();
    }

    [Fact]
    public async Task A_message_outlives_a_restart_and_the_callers_end()
    {
        var menu = await _gateway.ToMenu(_flow);
        await _gateway.Tell(new DigitsCollected(menu.CommandId, CollectOutcome.Complete, "2"));
        await _gateway.Tell(new PlayFinished((await _gateway.Next<Play>()).CommandId, PlayOutcome.Finished, 500));
        var order = await _gateway.Next<RecordMessage>();
        (order.Recording, order.MaxMs, order.SilenceMs, order.Terminators).ShouldBe((order.CommandId, 30_000, 3_000, "#"));
        await _gateway.Tell(new RecordingStarted(order.Recording, null));
        await Restart();
        await _gateway.Tell(new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));
        await _gateway.Tell(new RecordingEnded(order.Recording, 9, 4_200, 3_900));
        await _told.Next<FlowStarted>();
        await _told.Next<MenuChosen>();
        (await _told.Next<VoicemailLeft>()).ShouldSatisfyAllConditions(e => e.Recording.ShouldBe(order.Recording), e => e.LengthMs.ShouldBe(4_200));
        await Ended(FlowOutcome.Deflected);
        (await LiveCalls()).ShouldBe(0);
    }

    [Fact]
    public async Task After_a_restart_a_live_flow_goes_on_from_its_row()
    {
        var menu = await _gateway.ToMenu(_flow);
        await Restart();
        await Eventually.Be(() => Task.FromResult(_gateway.WasRepeated(menu.CommandId)), TimeSpan.FromSeconds(20));
        await _gateway.Tell(new DigitsCollected(menu.CommandId, CollectOutcome.Complete, "1"));
        (await _gateway.Next<Play>()).Loop.ShouldBeTrue();
        await Restart();
        await _gateway.Tell(new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));
        await _told.Next<FlowStarted>();
        await _told.Next<MenuChosen>();
        await _told.Next<QueueRequested>();
        await Ended(FlowOutcome.CallerGone);
        (await LiveCalls()).ShouldBe(0);
    }

    [Fact]
    public async Task A_live_call_keeps_the_version_it_began_with()
    {
        var menu = await _gateway.ToMenu(_flow);
        using var admin = _host.As(Role.Administrator);
        (await admin.PutAsJsonAsync($"/api/flows/{_flow}", new
        {
            tenant = _gateway.Tenant, name = "Closed", language = "fi", start = "bye", steps = new Dictionary<string, object> { ["bye"] = new { hangUp = new { } } },
        }, Ct)).EnsureSuccessStatusCode();
        await _gateway.Tell(new DigitsCollected(menu.CommandId, CollectOutcome.Complete, "1"));
        (await _gateway.Next<Play>()).Loop.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refused_prompt_fails_the_flow_and_ends_the_call()
    {
        _gateway.Outcome = c => c is Collect ? CommandOutcome.Refused : CommandOutcome.Done;
        await _gateway.ToMenu(_flow);
        await _gateway.Next<HangUp>();
        await _told.Next<FlowStarted>();
        await Ended(FlowOutcome.Failed);
        (await LiveCalls()).ShouldBe(1);
        await _gateway.Tell(new CallClosed { Final = true });
        (await LiveCalls()).ShouldBe(0);
    }

    [Fact]
    public async Task A_holder_in_between_is_let_be_until_control_is_back()
    {
        var menu = await _gateway.ToMenu(_flow);
        await _gateway.Hand(ControlHolder.Routing);
        await _gateway.Tell(new DigitsCollected(menu.CommandId, CollectOutcome.Stopped, ""));
        _gateway.Idle.ShouldBeTrue();
        await _gateway.Hand(ControlHolder.Ivr);
        (await _gateway.Next<Collect>()).Epoch.ShouldBe(3);
    }

    [Fact]
    public async Task A_number_without_a_flow_of_its_tenant_is_left_to_the_fallback()
    {
        await _gateway.Arrive(Guid.CreateVersion7());
        await Ended(FlowOutcome.Failed);
        _gateway.Idle.ShouldBeTrue();
        (await LiveCalls()).ShouldBe(0);
    }

    /// <summary>Ivr's events of the one contact by their sequence: the bus neither keeps order without an inbox nor sends only once.</summary>
    private sealed class Told : ITransientHandler
    {
        private readonly Channel<DomainEvent> _came = Channel.CreateUnbounded<DomainEvent>();
        private readonly Dictionary<long, DomainEvent> _events = [];
        private long _next;

        public Task Handle(object message, CancellationToken ct)
        {
            _came.Writer.TryWrite((DomainEvent)message);
            return Task.CompletedTask;
        }

        public async Task<T> Next<T>() where T : DomainEvent
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            DomainEvent? e;
            for (_next++; !_events.TryGetValue(_next, out e);)
            {
                var came = await _came.Reader.ReadAsync(patience.Token);
                _events[came.Sequence] = came;
            }

            return e.ShouldBeOfType<T>();
        }
    }
}
