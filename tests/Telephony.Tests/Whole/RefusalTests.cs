using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Tests.Running;
using CallCenter.Telephony.Trunks;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Calls that cannot be taken, and calls that nobody takes.</summary>
[Trait("needs", "server")]
public sealed class RefusalTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly Setup setup = new();
    private RunningGateway? gateway;
    private TestCaller? caller;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (caller is not null)
        {
            await caller.DisposeAsync();
        }
        if (gateway is not null)
        {
            await gateway.DisposeAsync();
        }
        folder.Dispose();
    }

    private async Task Start(params (string, string)[] settings)
    {
        gateway = await RunningGateway.Start(folder.Path, setup, settings);
        caller = new TestCaller(gateway.Sip);
    }

    private async Task<CallEnded> Refused(string number, string? sdp = null)
    {
        await using var call = caller!.Call(number, sdp: sdp);
        return await call.WhenEnded(Soon);
    }

    [Fact]
    public async Task Each_refusal_has_its_status_and_its_tenant_is_told()
    {
        await Start();
        (await Refused("+1999")).Code.ShouldBe(404);
        (await Refused(RunningGateway.NoFlowNumber)).Code.ShouldBe(480);
        (await Refused(RunningGateway.Number, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n")).Code.ShouldBe(488);

        var rejected = await gateway!.Events.Next<CallRejected>(where: e => e.Reason == Refusals.NoFlow);
        rejected.SipStatus.ShouldBe(480);
        rejected.Tenant.ShouldBe(setup.TenantId);
        (await gateway.Events.Whole(rejected.Contact)).ShouldBe(["CallRejected", "CallClosed"]);
        await gateway.Events.Next<CallRejected>(where: e => e.Reason == Refusals.NoCodec);
        gateway.Events.All.OfType<CallArrived>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Over_the_tenant_s_limit_a_call_gets_503_with_Retry_After_is_counted_and_the_place_comes_free()
    {
        setup.Limits = new(1, 100);
        await Start();
        using var refusals = new CountedRefusals(setup.TenantId);
        await using var first = caller!.Call(RunningGateway.Number);
        var arrived = await gateway!.Events.Next<CallArrived>();
        var refused = await Refused(RunningGateway.Number);
        refused.Code.ShouldBe(503);
        refused.Final!.Get("Retry-After").ShouldBe(Admission.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await gateway.Events.Next<CallRejected>(where: e => e.Reason == Refusals.TenantConcurrentCalls && e.Tenant == setup.TenantId);
        refusals.Of(Refusals.TenantConcurrentCalls).ShouldBe(1);
        first.HangUp();
        await gateway.Events.Whole(arrived.Contact);
        await using var next = caller.Call(RunningGateway.Number);
        await gateway.Events.Next<CallArrived>(where: e => e.Contact != arrived.Contact);
    }

    [Fact]
    public async Task Over_the_tenant_s_calls_a_second_a_call_gets_503_and_is_counted_for_that_tenant_alone()
    {
        setup.Limits = new(100, 1);
        await Start();
        using var refusals = new CountedRefusals(setup.TenantId);
        await using var first = caller!.Call(RunningGateway.Number);
        await gateway!.Events.Next<CallArrived>();
        // On a slow machine seconds pass between two calls: some are admitted, and one is not.
        var calls = new List<PhoneCall>();
        while (refusals.Of(Refusals.TenantCallsPerSecond) == 0)
        {
            calls.Count.ShouldBeLessThan(1000);
            calls.Add(caller.Call(RunningGateway.Number));
            await TestKit.Eventually.Be(() => gateway.Events.All.Count(e => e is CallArrived or CallRejected) > calls.Count);
        }
        (await calls[^1].WhenEnded(Soon)).Code.ShouldBe(503);
        (await gateway.Events.Next<CallRejected>()).ShouldSatisfyAllConditions(
            e => e.Reason.ShouldBe(Refusals.TenantCallsPerSecond), e => e.Tenant.ShouldBe(setup.TenantId), e => e.SipStatus.ShouldBe(503));
        await using var elsewhere = caller.Call(RunningGateway.OtherNumber);
        await gateway.Events.Next<CallArrived>(where: e => e.Tenant == setup.OtherTenant);
        foreach (var call in calls)
        {
            await call.DisposeAsync();
        }
    }

    [Fact]
    public async Task Without_a_controller_the_fallback_speaks_plays_and_ends_and_Ivr_may_take_over()
    {
        await Start(("Telephony:ControlSeconds", "0.3"));
        var fallback = new NumberFallbackTones(gateway!);
        setup.Fallback = new(fallback.Prompt, fallback.Music, 2);
        await gateway!.Reconfigure();
        await using var held = caller!.Call(RunningGateway.Number);
        var prompt = held.Audio.Hears(600, Soon);
        var call = await gateway.Events.Next<CallArrived>();
        (await gateway.Events.Next<ControlChanged>(call.Contact)).ShouldSatisfyAllConditions(c => c.Holder.ShouldBe(ControlHolder.Fallback), c => c.Epoch.ShouldBe(1));
        await prompt;
        await held.Audio.Hears(800, Soon);
        (await held.WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.RemoteBye);
        (await gateway.Events.Whole(call.Contact)).ShouldBe(["CallArrived", "ControlChanged", "CallAnswered", "LegEnded", "CallClosed"]);

        await using var taken = caller.Call(RunningGateway.Number);
        var second = await gateway.Events.Next<CallArrived>(where: e => e.Contact != call.Contact);
        await gateway.Events.Next<ControlChanged>(second.Contact, c => c.Holder == ControlHolder.Fallback);
        await gateway.Done(second, 1, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(second, 2, new Play([gateway.Tone(1200, 1)], Loop: true));
        await taken.Audio.Hears(1200, Soon);
    }

    [Fact]
    public async Task A_caller_whose_media_stops_is_lost()
    {
        await Start(("Telephony:MediaTimeoutSeconds", "1"));
        var outside = caller!.Call(RunningGateway.Number);
        var call = await gateway!.Events.Next<CallArrived>();
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await gateway.Done(call, 1, new Play([gateway.Tone(700, 1)], Loop: true));
        await outside.WhenAnswered(Soon);
        await outside.Audio.Hears(700, Soon);
        await outside.Audio.DisposeAsync();
        (await gateway.Events.Next<LegEnded>(call.Contact)).End.ShouldBe(LegEnd.Lost);
        await outside.WhenEnded(Soon);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        await Start();
        using var other = new TemporaryFolder();
        var fault = await Should.ThrowAsync<Exception>(() => RunningGateway.Start(other.Path, new Setup(), ("Telephony:SipPort", $"{gateway!.Sip.Port}")));
        fault.Message.ShouldContain($"SIP port {gateway!.Sip.Port}");
        fault.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task Broken_options_are_told_all_at_once()
    {
        var fault = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            RunningGateway.Start(folder.Path, setup, ("Telephony:Bind", "nowhere"), ("Telephony:RingSecondsMax", "0")));
        fault.Failures.Count().ShouldBe(2);
    }

    [Fact]
    public async Task What_is_live_is_for_supervisors_and_health_is_ready()
    {
        await Start();
        await using var call = caller!.Call(RunningGateway.Number);
        var arrived = await gateway!.Events.Next<CallArrived>();
        var ct = TestContext.Current.CancellationToken;
        using var http = new HttpClient { BaseAddress = gateway.Http };
        (await http.GetAsync(new Uri("/api/telephony/calls", UriKind.Relative), ct)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        (await http.GetAsync(new Uri("/health/ready", UriKind.Relative), ct)).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        var tokens = gateway.Services.GetRequiredService<Hosting.TokenIssuer>();
        http.DefaultRequestHeaders.Authorization = new("Bearer", tokens.Issue(new(Guid.NewGuid(), "s", Hosting.Role.Supervisor, [])).Token);
        (await http.GetStringAsync(new Uri("/api/telephony/calls", UriKind.Relative), ct)).ShouldContain(arrived.Contact.ToString());
        (await http.GetStringAsync(new Uri("/api/telephony/registrations", UriKind.Relative), ct)).ShouldBe("{\"items\":[]}");
        http.DefaultRequestHeaders.Authorization = new("Bearer", tokens.Issue(new(Guid.NewGuid(), "a", Hosting.Role.Agent, [])).Token);
        (await http.GetAsync(new Uri("/api/telephony/calls", UriKind.Relative), ct)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
    }

    /// <summary>What the meter says of one tenant's refusals.</summary>
    private sealed class CountedRefusals : IDisposable
    {
        private readonly ConcurrentDictionary<string, long> seen = new();
        private readonly MeterListener listener = new();

        public CountedRefusals(Guid tenant)
        {
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "callcenter.telephony.calls.refused")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
                if (named.GetValueOrDefault("callcenter.tenant") as string == $"{tenant}")
                {
                    seen.AddOrUpdate((string)named["reason"]!, value, (_, before) => before + value);
                }
            });
            listener.Start();
        }

        public long Of(string reason) => seen.GetValueOrDefault(reason);

        public void Dispose() => listener.Dispose();
    }

    private sealed class NumberFallbackTones(RunningGateway gateway)
    {
        public Clip Prompt { get; } = gateway.Tone(600, 0.6);
        public Clip Music { get; } = gateway.Tone(800, 1);
    }
}
