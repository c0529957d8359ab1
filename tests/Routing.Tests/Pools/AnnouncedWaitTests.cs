using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Days;
using CallCenter.Routing.Pools;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>Announced waits over whole simulated days; <c>./callcenter bench days</c> plays more of them.</summary>
public sealed class AnnouncedWaitTests(ITestOutputHelper output)
{
    public static TheoryData<string> Traces => new(TraceFolder.Own.Select(folder => Path.GetFileName(folder)));

    [Theory]
    [MemberData(nameof(Traces))]
    public void Four_of_five_bounds_hold_and_the_median_beats_a_hold_time(string name) =>
        IsGood(TraceFolder.Read(TraceFolder.Own.Single(folder => Path.GetFileName(folder) == name)));

    [Fact]
    public void They_do_on_days_of_any_shape()
    {
        foreach (var seed in new[] { 101, 104, 107, 112, 120 })
        {
            IsGood(DayGenerator.Make(seed, Shape.Any));
        }
    }

    [Fact]
    public void A_queue_knows_how_good_its_announcements_were()
    {
        var (forecasts, queue, start) = (new WaitForecasts(), Guid.NewGuid(), Day.Midnight);
        forecasts.QualityOf(queue).ShouldBeNull();
        forecasts.Began(queue, queue, start);
        forecasts.Ended(queue, start.AddSeconds(100));
        var standing = new Standing(1, 1, false, 1, forecasts.ServiceOf(queue));
        Place Told(DateTimeOffset at)
        {
            var place = new Place(Guid.NewGuid(), queue, queue, at, at, queue);
            var told = forecasts.Tell(place, standing, at).ShouldNotBeNull();
            told.Median.ShouldBeLessThan(told.Bound);
            return place;
        }

        var (soon, late, gone) = (Told(start), Told(start), Told(start));
        forecasts.Gone(soon, isAnswered: true, start.AddSeconds(1));
        forecasts.Gone(gone, isAnswered: false, start.AddSeconds(1));
        var quality = forecasts.QualityOf(queue).ShouldNotBeNull();
        (quality.Counted, quality.HeldPercent).ShouldBe((1, 100));
        quality.ErrorMs.ShouldNotBeNull().ShouldBeGreaterThan(1_000);

        // Who still waits as the bound passes counts at once, and once.
        Told(start.AddHours(1));
        (quality.Counted, quality.HeldPercent).ShouldBe((2, 50));
        forecasts.Gone(late, isAnswered: true, start.AddHours(2));
        (quality.Counted, quality.HeldPercent).ShouldBe((3, 100 / 3.0));
    }

    [Fact]
    public void Bounds_that_pass_widen_the_next_ones()
    {
        var (forecasts, queue, at) = (new WaitForecasts(), Guid.NewGuid(), Day.Midnight);
        forecasts.Began(queue, queue, at);
        forecasts.Ended(queue, at.AddSeconds(100));
        var standing = new Standing(1, 1, false, 1, forecasts.ServiceOf(queue));
        var told = new List<long>();
        for (var caller = 0; caller < 20; caller++, at = at.AddHours(1))
        {
            var place = new Place(Guid.NewGuid(), queue, queue, at, at, queue);
            told.Add(forecasts.Tell(place, standing, at)!.Value.Bound);
            forecasts.Gone(place, isAnswered: true, at.AddMinutes(50));
        }

        told.ShouldBeInOrder(SortDirection.Ascending);
        told[^1].ShouldBeGreaterThan(2 * told[0]);
    }

    [Fact]
    public void What_was_learned_of_a_queue_outlives_the_process()
    {
        var (before, queue, at) = (new WaitForecasts(), Guid.NewGuid(), Day.Midnight);
        before.Began(queue, queue, at);
        before.Ended(queue, at.AddSeconds(100));
        before.Began(queue, queue, at);
        before.Ended(queue, at.AddSeconds(150));
        Forecast Tell(WaitForecasts forecasts, Place place) => forecasts.Tell(place, new Standing(1, 1, false, 1, forecasts.ServiceOf(queue)), place.EnteredAt).ShouldNotBeNull();
        Place Comes(DateTimeOffset when) => new(Guid.NewGuid(), queue, queue, when, when, queue);
        for (var caller = 0; caller < 30; caller++, at = at.AddHours(1))
        {
            var place = Comes(at);
            Tell(before, place);
            before.Gone(place, isAnswered: caller % 3 > 0, at.AddMinutes(caller % 5));
        }

        var kept = RoutingStore.Write(before.TakeChanged(10).ShouldHaveSingleItem());
        before.TakeChanged(10).ShouldBeEmpty("nothing new is known");
        var after = new WaitForecasts();
        after.Remember(JsonSerializer.Deserialize<LearnedWaits>(kept, EventCatalog.Json).ShouldNotBeNull());
        var next = Comes(at);
        Tell(after, next).ShouldBe(Tell(before, next));
        after.QualityOf(queue)!.Counts.ShouldBe(before.QualityOf(queue)!.Counts);
    }

    private void IsGood(Trace trace)
    {
        var score = WaitScore.Of(trace, Day.Play(trace, Policy.AsConfigured));
        output.WriteLine($"{trace.Name}: {score}");
        score.Counted.ShouldBeGreaterThan(300);
        score.Held.ShouldBeInRange(0.75, 0.85);
        score.ErrorAllMs.ShouldBeLessThan(0.6 * score.AsteriskAllMs);
    }
}
