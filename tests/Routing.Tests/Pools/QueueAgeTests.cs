using System.Diagnostics.Metrics;
using CallCenter.Hosting;
using CallCenter.Routing.Pools;

namespace CallCenter.Routing.Tests.Pools;

public sealed class QueueAgeTests
{
    private readonly FakeClock clock = new();
    private readonly Guid red = Guid.NewGuid(), blue = Guid.NewGuid();

    [Fact]
    public void The_age_of_a_tenants_longest_wait_is_measured_as_long_as_somebody_waits()
    {
        using var telemetry = new Telemetry(clock);
        var first = Place(red);
        telemetry.Waits(first);
        clock.Advance(TimeSpan.FromSeconds(2));
        telemetry.Waits(Place(red));
        telemetry.Waits(Place(blue));
        telemetry.Waits(Place(blue) with { EnteredAt = clock.GetUtcNow().AddHours(-3), IsCallback = true });
        clock.Advance(TimeSpan.FromSeconds(3));

        Ages().OrderByDescending(each => each.Value).ShouldBe([new($"{red}", 5000), new($"{blue}", 3000)]);

        telemetry.WaitsNoMore(first.Contact);
        Ages()[$"{red}"].ShouldBe(3000);

        telemetry.PoolLeft();
        Ages().ShouldBeEmpty();
    }

    private Place Place(Guid tenant) => new(Guid.NewGuid(), tenant, Guid.NewGuid(), clock.GetUtcNow(), clock.GetUtcNow(), Guid.NewGuid());

    /// <summary>Of this test's tenants: meters are the process's, tests beside this one have theirs.</summary>
    private Dictionary<string, double> Ages()
    {
        var ages = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (each, on) => { if (each.Name == "routing.queue.age") { on.EnableMeasurementEvents(each); } } };
        listener.SetMeasurementEventCallback<double>((_, age, tags, _) =>
        {
            var tenant = (string)tags[0].Value!;
            tags[0].Key.ShouldBe(TenantLabel.Name);
            if (tenant == $"{red}" || tenant == $"{blue}")
            {
                ages[tenant] = age;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return ages;
    }
}
