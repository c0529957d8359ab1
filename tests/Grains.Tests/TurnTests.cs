namespace CallCenter.Grains.Tests;

public class TurnTests
{
    [Fact]
    public async Task Turns_of_a_reentrant_grain_never_overlap_under_load()
    {
        await using var host = await GrainHost.Start();
        var calls = Enumerable.Range(0, 4).SelectMany(key => Enumerable.Range(0, 500)
            .Select(_ => Task.Run(() => host.Grains.GetGrain<ICounterGrain>($"c{key}").Add(4))));
        await Task.WhenAll(calls).Soon();
        for (var key = 0; key < 4; key++)
            (await host.Grains.GetGrain<ICounterGrain>($"c{key}").Read()).ShouldBe((500 * 5, 0));
    }

    [Fact]
    public async Task Calls_of_one_caller_arrive_in_their_order()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<ISequenceGrain>("a");
        await Task.WhenAll(Enumerable.Range(0, 9_000).Select(grain.Append)).Soon();
        (await grain.IsOrdered(9_000)).ShouldBeTrue();
    }

    [Fact]
    public async Task One_grain_a_key_whatever_the_reference()
    {
        await using var host = await GrainHost.Start();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => host.Grains.GetGrain<IWorkerGrain>("one").Key())));
        host.Journal.Lines.Count(line => line == "activated one").ShouldBe(1);
    }

    /// <summary>
    /// Two calls in a row to one grain whose first awaits a door: does the second start before the first has ended?
    /// As in Orleans: never by default, always on a reentrant class, and for a method marked so, on either side of an ordinary call.
    /// </summary>
    [Theory]
    [InlineData("ordinary", "ordinary", false)]
    [InlineData("ordinary", "between", true)]
    [InlineData("between", "ordinary", true)]
    [InlineData("between", "between", true)]
    [InlineData("reentrant", "reentrant", true)]
    public async Task Who_may_interleave(string first, string second, bool interleaves)
    {
        await using var host = await GrainHost.Start();
        var calls = new[] { Call(host, first, "1"), Call(host, second, "2") };
        var look = first == "reentrant"
            ? host.Grains.GetGrain<IReentrantWorkerGrain>("w").Look()
            : host.Grains.GetGrain<IWorkerGrain>("w").Look();
        (await look.Soon()).ShouldBe(interleaves ? "+1 +2" : "+1");
        host.Journal.Open("1");
        host.Journal.Open("2");
        await Task.WhenAll(calls).Soon();
        if (!interleaves)
            host.Journal.Lines.Where(line => line[0] is '+' or '-').ShouldBe(["+1", "-1", "+2", "-2"]);
    }

    [Fact]
    public async Task A_circle_of_ordinary_calls_ends_at_the_deadline_not_never()
    {
        await using var host = await GrainHost.Start();
        var circle = host.Grains.GetGrain<IWorkerGrain>("a").Circle("b", "mark");
        await host.Journal.Seen("+mark", times: 2);
        host.Clock.Advance(TimeSpan.FromSeconds(31));
        var failure = await Should.ThrowAsync<TimeoutException>(circle.Soon());
        failure.Message.ShouldContain("IWorkerGrain.Circle");

        // A member that called only after the clock moved waits for a deadline of its own: time goes on until all have ended.
        var stop = host.Stop();
        while (!stop.IsCompleted)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }

        await stop;
    }

    [Fact]
    public async Task Every_shape_of_method_carries_arguments_and_results()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IWorkerGrain>("shapes");
        (await grain.Double(21)).ShouldBe(42);
        await grain.Note("noted");
        host.Journal.Lines.ShouldContain("noted");
        (await grain.Echo(new Order("tea", 2), CancellationToken.None)).ShouldBe(new Order("tea", 2));
        (await grain.Key()).ShouldBe("shapes");
    }

    [Fact]
    public async Task The_callers_trace_goes_along_and_nothing_else()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<ITraceGrain>("t");
        TraceGrain.Ambient.Value = "caller's";
        using var activity = new System.Diagnostics.Activity("call").Start();
        (await grain.Describe()).ShouldBe(activity.Id + "|");
        System.Diagnostics.Activity.Current = null;
        (await grain.Describe()).ShouldBe("|");
    }

    private static Task Call(GrainHost host, string how, string name) => how switch
    {
        "ordinary" => host.Grains.GetGrain<IWorkerGrain>("w").Pass(name),
        "between" => host.Grains.GetGrain<IWorkerGrain>("w").PassBetween(name),
        _ => host.Grains.GetGrain<IReentrantWorkerGrain>("w").Pass(name),
    };
}

internal interface ITraceGrain : Orleans.IGrainWithStringKey
{
    Task<string> Describe();
}

internal sealed class TraceGrain : Orleans.Grain, ITraceGrain
{
    public static AsyncLocal<string?> Ambient { get; } = new();

    public async Task<string> Describe()
    {
        await Task.Yield();
        return $"{System.Diagnostics.Activity.Current?.Id}|{Ambient.Value}";
    }
}
