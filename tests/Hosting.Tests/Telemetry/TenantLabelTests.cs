namespace CallCenter.Hosting.Tests.Telemetry;

public sealed class TenantLabelTests
{
    [Fact]
    public void The_first_tenants_keep_their_names_and_all_others_are_counted_together()
    {
        var label = new TenantLabel();
        var first = Enumerable.Range(0, TenantLabel.TenantsMax).Select(_ => Guid.CreateVersion7()).ToList();

        first.ConvertAll(label.Value).ShouldBe(first.ConvertAll(tenant => $"{tenant}"));
        label.Value(Guid.CreateVersion7()).ShouldBe(TenantLabel.Rest);
        first.ConvertAll(label.Value).ShouldBe(first.ConvertAll(tenant => $"{tenant}"));
    }

    [Fact]
    public void Threads_together_name_no_more_than_the_bound()
    {
        var label = new TenantLabel();
        var values = new System.Collections.Concurrent.ConcurrentBag<string>();

        Parallel.For(0, 4 * TenantLabel.TenantsMax, _ => values.Add(label.Value(Guid.CreateVersion7())));

        values.Distinct().Count().ShouldBe(TenantLabel.TenantsMax + 1);
        values.Count(v => v == TenantLabel.Rest).ShouldBe(3 * TenantLabel.TenantsMax);
    }
}
