using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CallCenter.Contracts.Telephony;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Telephony.Tests.Running;
using CallCenter.Telephony.Trunks;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Limits of calls outside against toll fraud: where they may go and what a day may cost, also after a restart.</summary>
[Trait("needs", "server")]
public sealed class TollTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly TestPhone outer = TestPhone.Unregistered(1700);
    private readonly Setup setup = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;

    public async ValueTask InitializeAsync()
    {
        setup.MoreTrunks = () =>
        [
            new("carrier", [], 10, 10, outer.Address.ToString()) { Destinations = ["+"], Outside = new() { Prices = [new("+3589", 0.6m), new("+3585", 0)] } },
        ];
        setup.OutsideLimits = new() { Forbidden = ["+44"], DayCostMax = 1m };
        await Start();
    }

    private async Task Start()
    {
        gateway = await RunningGateway.Start(folder.Path, setup);
        caller = new TestCaller(gateway.Sip);
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        await outer.DisposeAsync();
        folder.Dispose();
    }

    private async Task<CallArrived> Answered()
    {
        caller.Call(RunningGateway.Number);
        return await gateway.Answered(Long);
    }

    private async Task Refuses(CallArrived call, string number, string reason)
    {
        var result = await gateway.Order(call, 0, new DialNumber(Guid.CreateVersion7(), number, 20_000));
        (result.Outcome, result.Reason).ShouldBe((CommandOutcome.Refused, reason), $"{number}: {result.Detail}");
    }

    private async Task<decimal> Spent()
    {
        using var client = new HttpClient { BaseAddress = gateway.Http };
        var token = gateway.Services.GetRequiredService<TokenIssuer>().Issue(new Caller(Guid.CreateVersion7(), "Someone", Role.Administrator, [])).Token;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var all = await client.GetFromJsonAsync<JsonElement>("/api/telephony/costs", TestContext.Current.CancellationToken);
        return all.GetProperty("items").EnumerateArray().Single(c => c.TryGetProperty("tenant", out var of) && of.ValueKind == JsonValueKind.String && of.GetGuid() == setup.TenantId)
            .GetProperty("spent").GetDecimal();
    }

    [Fact]
    public async Task Numbers_that_may_not_be_dialled_are_refused_with_their_reason_and_the_days_cost_outlives_a_restart()
    {
        var call = await Answered();
        await Refuses(call, "+8816123456", Refusals.PremiumDestination);
        await Refuses(call, "008816123456", Refusals.PremiumDestination);
        await Refuses(call, "+442071234567", Refusals.ForbiddenDestination);
        await Refuses(call, "+12125550100", Refusals.NoPrice);

        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new DialNumber(leg, "+358912345", 20_000));
        await outer.NextCall(Long);
        await gateway.Events.Next<NumberAnswered>(call.Contact, within: Long);
        (await Spent()).ShouldBe(0.6m);
        await Refuses(call, "+358912345", Refusals.TenantDayCost);
        await gateway.Done(call, 0, new DialNumber(Guid.CreateVersion7(), "+358512345", 20_000)); // costs nothing

        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        await Start();
        (await Spent()).ShouldBe(0.6m);
        await Refuses(await Answered(), "+358912345", Refusals.TenantDayCost);
    }

    [Fact]
    public async Task What_nobody_answers_is_given_back()
    {
        outer.WhenRinging = WhenRinging.Reject;
        var call = await Answered();
        await gateway.Done(call, 0, new DialNumber(Guid.CreateVersion7(), "+358912345", 20_000));
        await gateway.Events.Next<NumberRefused>(call.Contact, within: Long);
        await Eventually.Be(async () => await Spent() == 0m, Long);
    }
}
