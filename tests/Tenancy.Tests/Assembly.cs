using CallCenter.Tenancy.Tests;

[assembly: AssemblyFixture(typeof(TenancyHost))]
